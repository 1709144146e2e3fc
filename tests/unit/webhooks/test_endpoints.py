"""Who is told of what, and with whose secret, as the file has it."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service.model.errors import BadUrl, BadWebhooks, NotAllowed
from service.webhooks import Endpoints
from service.webhooks.signing import headers, new_secret

URL = "https://cms.example/hooks"


@pytest.fixture
def endpoints(tmp_path: Path) -> Endpoints:
    return Endpoints(tmp_path / "webhooks.toml")


def added(endpoints: Endpoints, name: str = "cms", **changes: object) -> str:
    """Adds one; its secret."""
    return endpoints.keep(name, {"url": URL, "secret": new_secret(), **changes}).secret


class TestFile:
    def test_nobody_else_may_read_it(self, endpoints: Endpoints) -> None:
        added(endpoints)
        assert stat.S_IMODE(endpoints.path.stat().st_mode) == 0o600

    def test_comments_and_what_is_not_changed_stay(self, endpoints: Endpoints) -> None:
        secret = added(endpoints, sites=["news.example"])
        endpoints.path.write_text("# ours\n" + endpoints.path.read_text())
        endpoints.keep("cms", {"events": ["batch.done"]})
        assert endpoints.path.read_text().startswith("# ours\n")
        endpoint = endpoints.existing("cms")
        assert (endpoint.secret, endpoint.sites, endpoint.events) == (
            secret,
            ("news.example",),
            ("batch.done",),
        )

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"url": "ftp://cms.example"}, "url"),
            ({"url": "https://user@cms.example/"}, "url"),
            ({"secret": "whsec_c2hvcnQ="}, "secret"),
            ({"secret": new_secret().removeprefix("whsec_")}, "secret"),
            ({"events": ["article.read"]}, "events"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_what_cannot_be_so_is_refused_by_name_and_changes_nothing(
        self, endpoints: Endpoints, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(BadWebhooks, match=field) as caught:
            added(endpoints, **changes)
        assert "whsec_" not in caught.value.en.replace("must be whsec_", "")
        assert not endpoints.all()

    def test_one_that_cannot_be_read_is_said_so_and_not_written_over(self, endpoints: Endpoints) -> None:
        endpoints.path.write_text("[cms\n")
        with pytest.raises(BadWebhooks):
            endpoints.all()
        with pytest.raises(BadWebhooks):
            added(endpoints)
        assert endpoints.path.read_text() == "[cms\n"

    def test_one_that_is_removed_is_gone(self, endpoints: Endpoints) -> None:
        added(endpoints)
        endpoints.remove("cms")
        assert not endpoints.all()
        with pytest.raises(BadWebhooks):
            endpoints.remove("cms")


class TestTargets:
    def test_each_is_told_of_its_events_and_its_sites(self, endpoints: Endpoints) -> None:
        added(endpoints, "all")
        added(endpoints, "site", url="https://a.example/", sites=["a.example"])
        added(endpoints, "batches", url="https://b.example/", events=["batch.done"])
        assert endpoints.targets("article.ready", None, None) == {URL: "all"}
        assert endpoints.targets("article.ready", "a.example", None) == {
            URL: "all",
            "https://a.example/": "site",
        }
        assert endpoints.targets("batch.done", None, None) == {URL: "all", "https://b.example/": "batches"}

    def test_a_request_is_told_at_its_own_address_besides_once(self, endpoints: Endpoints) -> None:
        added(endpoints, events=[])
        other = "https://cms.example/other?article=1"
        assert endpoints.targets("article.ready", None, other) == {other: "cms"}
        assert endpoints.targets("article.ready", None, None) == {}
        endpoints.keep("cms", {"events": None})
        assert endpoints.targets("article.ready", None, URL) == {URL: "cms"}

    @pytest.mark.parametrize(
        "url",
        [
            "https://cms.example:8443/",
            "http://cms.example/",
            "https://other.example/",
            "https://x.cms.example/",
        ],
    )
    def test_an_address_on_another_server_is_refused(self, endpoints: Endpoints, url: str) -> None:
        added(endpoints)
        endpoints.check("https://cms.example/any", None)
        with pytest.raises(NotAllowed):
            endpoints.check(url, None)
        with pytest.raises(BadUrl):
            endpoints.check("https://", None)
        assert endpoints.targets("article.ready", None, url) == {URL: "cms"}

    def test_a_site_s_server_is_not_told_of_another_site_s(self, endpoints: Endpoints) -> None:
        added(endpoints, sites=["a.example"])
        endpoints.check(URL, "a.example")
        with pytest.raises(NotAllowed):
            endpoints.check(URL, "b.example")


class TestSecrets:
    def test_what_is_signed_is_verified_and_what_was_changed_is_not(self, endpoints: Endpoints) -> None:
        secret, now = added(endpoints), time.time()
        told = headers(endpoints.existing("cms").secrets(now), "msg_1", now, '{"title":"أمطار"}')
        assert Webhook(secret).verify('{"title":"أمطار"}', told) == {"title": "أمطار"}
        for body, changed in (
            ('{"title":"x"}', told),
            ('{"title":"أمطار"}', {**told, "webhook-id": "msg_2"}),
        ):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(body, changed)

    def test_while_one_takes_the_other_s_place_both_sign(self, endpoints: Endpoints) -> None:
        old, now = added(endpoints), time.time()
        endpoint = endpoints.rotate("cms", 1)
        assert endpoint.secret != old
        both = headers(endpoint.secrets(now), "msg_1", now, "{}")
        for each in (old, endpoint.secret):
            assert Webhook(each).verify("{}", both) == {}
        later = headers(endpoint.secrets(now + 3601), "msg_1", now, "{}")
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify("{}", later)
        assert Webhook(endpoint.secret).verify("{}", later) == {}
