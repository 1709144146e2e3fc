"""``istami keys`` as whoever runs the service uses it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from service.auth.api_keys import Keys, Scope
from service.cli.keys import app
from service.model.errors import BadSites, NotFound


@pytest.fixture
def run(tmp_path, monkeypatch, redis_url):
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REDIS_URL", redis_url)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture(autouse=True)
def keys(store) -> Keys:
    return Keys(store)


def test_a_key_is_shown_alone_on_standard_output_and_works(run, keys) -> None:
    whole = run("create", "newsroom CMS").removesuffix("\n")
    key = keys.admit(whole)
    assert (key.name, key.scope, key.site) == ("newsroom CMS", Scope.WRITE, None)


def test_scope_and_site_can_be_said(run, keys) -> None:
    key = keys.admit(run("create", "a", "--scope", "read", "--site", "news.example").strip())
    assert (key.scope, key.site) == (Scope.READ, "news.example")


def test_programs_get_json(run, keys) -> None:
    told = json.loads(run("create", "a", "--scope", "admin", "--json"))
    assert keys.admit(told["key"]).id == told["id"]
    assert (told["scope"], told["site"], told["revoked"]) == ("admin", None, None)
    [listed] = json.loads(run("list", "--json"))
    assert set(listed) == {"id", "name", "scope", "site", "created", "revoked", "used"}
    assert listed["used"].endswith("Z")


def test_the_list_has_all_but_what_proves_a_key(run) -> None:
    whole = run("create", "newsroom CMS", "--site", "news.example").strip()
    listed = run("list")
    for word in (whole.split("_")[1], "newsroom CMS", "write", "news.example", "never"):
        assert word in listed
    assert whole.split("_", 2)[2] not in listed
    assert "revoked" not in listed


def test_a_key_is_revoked_by_its_id(run, keys) -> None:
    whole = run("create", "a").strip()
    run("revoke", whole.split("_")[1])
    assert keys.admit(whole) is None
    assert "revoked" in run("list")


def test_what_cannot_be_is_refused(run) -> None:
    with pytest.raises(NotFound, match="nothing"):
        run("revoke", "nothing")
    with pytest.raises(BadSites, match="https://"):
        run("create", "a", "--site", "https://news.example")
    assert CliRunner().invoke(app, ["create", ""]).exit_code == 2


def test_one_made_in_a_private_redis_is_on_disk_when_the_command_ends(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ISTAMI_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    whole = CliRunner().invoke(app, ["create", "a"], catch_exceptions=False).stdout.strip()
    assert whole.split("_")[1].encode() in (tmp_path / "redis" / "istami.rdb").read_bytes()
