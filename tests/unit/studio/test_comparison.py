import json
import re
from base64 import b64decode

import numpy as np
import pytest

from service.audio.loudness import measure
from service.model.recording import Clip
from service.studio import comparison
from service.studio.comparison import Candidate
from voices.card import read_card

CARD = """
id = "{id}"
engine = "espeak"
language = "ar"
dialect = "standard"
gender = "male"
sample_rate = 16000
licence = "x"
commercial_use = true
attribution = "x"
name = {{ ar = "</script><b>", en = "x" }}
limits = {{ characters = 9 }}
"""


def spoken(id_, level):
    """A voice that hums at this level."""
    time = np.arange(16000 * 3) / 16000
    hum = level * np.sin(2 * np.pi * 200 * time) * (1 + np.sin(2 * np.pi * 3 * time)) / 2
    return Candidate(read_card(CARD.format(id=id_), id_), Clip((hum * 32767).astype("<i2").tobytes(), 16000))


def data(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize("blind", [False, True])
def test_a_quiet_and_a_loud_voice_are_equally_loud_on_the_page(blind):
    page = comparison.page("", "نص", [spoken("loud", 0.9), spoken("quiet", 0.05)], blind=blind)

    heard = [
        measure(b64decode(voice["audio"].partition(",")[2])).integrated for voice in data(page)["voices"]
    ]

    assert heard == pytest.approx([-16, -16], abs=1)  # the silence after so short a clip counts a little
    assert abs(heard[0] - heard[1]) < 0.3


def test_nothing_of_a_card_or_an_article_becomes_markup():
    page = comparison.page("</title><script>", "</script><img>", [spoken("one", 0.5)], blind=False)

    assert "<b>" not in page
    assert "<img>" not in page
    assert data(page)["text"] == "</script><img>"
    assert page.count("<script") == 2
