from dataclasses import replace

import pytest

from service.engines.engine import Surroundings
from service.engines.registry import load
from service.model.errors import MissingPart
from voices.catalogue import Catalogue


def test_an_engine_that_nobody_offers_is_named(tmp_path):
    card = replace(Catalogue(tmp_path).get("espeak-ar"), engine="nobody")

    with pytest.raises(MissingPart, match="'nobody'"):
        load(card, Surroundings(tmp_path))
