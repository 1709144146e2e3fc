"""Versions of the stages that determine the sound of a plan, raised by hand.

The key of a recording is derived from its spoken text, its voice and these versions. Raise a version in the
commit that changes its stage's output, and only then: every recording is made again, once. Comments, names,
moved modules and faster code do not change the sound, so they need no new version.

``tests/corpus/sound`` records each stage's output. Its test fails when the output changes without a new
version, and names the version to raise. The stages before the plan (numbers, abbreviations, lexicons,
pausing) need no version: the key itself includes the spoken text that they produce.
"""

from __future__ import annotations

UTTERANCE = "3"
"""From spoken text to an engine's input: vowels, pausal forms, phonemes (``text/utterance.py``).

Any unused string; the next is "4".
"""

PIPELINE = 2
"""From there to the recording: engines, loudness, the MP3 and its pauses (``engines/``, ``audio/``).

The next is 3. External inputs are covered by the voice's fingerprint: its files, packages and options.
"""
