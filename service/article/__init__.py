"""Pasted text or HTML → ``Article``, without the page chrome."""

from service.article.checks import is_speakable
from service.article.page import canonical_link, from_html
from service.article.pasted import About, from_text

__all__ = ["About", "canonical_link", "from_html", "from_text", "is_speakable"]
