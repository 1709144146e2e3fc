"""What makes the same plan sound otherwise: a version a stage, raised by hand.

The key of a recording names its spoken text, its voice and these versions. Raise one in the commit that
changes what comes out of its stage, and only then: every recording is made anew, once. Comments, names, moved
modules and faster code change no sound, so they raise nothing.

``tests/corpus/sound`` records what comes out of each stage. Its test fails when that changes while the
version stays, and says which one to raise. What stands before the plan (numbers, abbreviations, lexicons,
pausing) needs no version: the spoken text that it makes is in the key itself.
"""

from __future__ import annotations

UTTERANCE = "dffe7bec651f0f87"
"""From spoken text to what an engine is given: vowels, pausal forms, phonemes (``text/utterance.py``).

Any string that was not used before; the next is "2". This one is what version 0.1 computed from its source
files: recordings that were made then stay.
"""

PIPELINE = 2
"""From there to the recording: engines, loudness, the MP3 and its pauses (``engines/``, ``audio/``).

The next is 3. What comes from outside is named by the voice's fingerprint: its files, packages and options.
"""
