"""The dashboard and the alerts ask for numbers that there are, and every alert is explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.config.settings import Settings
from service.server.container import Container

ROOT = Path(__file__).parents[3]
DASHBOARD = json.loads((ROOT / "deploy/grafana/istami.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
OPERATIONS = ROOT / "docs/operations.md"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def rules() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    yield from (target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


def names(text: str) -> set[str]:
    return set(re.findall(r"\bistami_\w+", text))


@pytest.fixture
def offered(redis_url: str) -> set[str]:
    families = Container(Settings(), redis_url).scrape.collect()
    return {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}


def test_dashboard_and_alerts_ask_for_numbers_that_there_are(offered: set[str]) -> None:
    asked = set().union(*map(names, expressions()))
    assert len(asked) > 10
    assert asked <= offered


def test_every_number_is_on_the_dashboard_or_in_an_alert(offered: set[str]) -> None:
    asked = set().union(*map(names, expressions()))
    parts = re.compile(r"_(bucket|sum|count)$")
    assert {parts.sub("", name) for name in offered} == {parts.sub("", name) for name in asked}


def test_the_table_of_metrics_has_them_all(offered: set[str]) -> None:
    told = names(OPERATIONS.read_text(encoding="utf-8"))
    assert {name for name in offered if not name.endswith(("_bucket", "_sum", "_count"))} <= told


def test_what_to_do_about_every_alert_is_told() -> None:
    headings = set(re.findall(r"^### `(\w+)`$", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE))
    assert headings == {rule["alert"] for rule in rules()}


def test_panels_do_not_lie_on_one_another() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
