"""What every engine must do, with every voice that can be made here."""

import pytest

from service.testing.engines import EngineContract, QuickEngineContract


class TestEveryVoice(EngineContract):
    """With the fixture ``voice`` of this folder."""


class TestEveryQuickVoice(QuickEngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def voice(cls, quick):
        return quick
