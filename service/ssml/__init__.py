"""SSML 1.1 (https://www.w3.org/TR/speech-synthesis11/) → ``Article``."""

from service.ssml.reading import from_ssml

__all__ = ["from_ssml"]
