"""``istami purge`` finds an article by its id as people type it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from service.cli.purge import purge
from service.config.settings import Settings
from service.model.article import Submission
from service.server.container import Container

ID = "é-accent-آخر"


@pytest.mark.usefixtures("store")
def test_an_id_in_parts_is_the_one_that_is_composed(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", redis_url)
    Container(Settings(), redis_url, lambda *_: None).article_service.take_in(
        Submission(id=ID, text="خبر يُسحب.")
    )
    parts = unicodedata.normalize("NFD", ID)
    assert parts != ID
    purge([parts], None, force=False)
    assert Container(Settings(), redis_url).repository.entry(ID) is None
