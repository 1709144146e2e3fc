"""The examples work as they stand, but for the address of the service."""

from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.html"))


@pytest.mark.usefixtures("switch")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_plays(visit, publisher, service, ready, example):
    html = example.read_text("utf-8").replace("https://audio.example", service)
    reader = visit(publisher.publish(html.replace('data-article="demo"', f'data-article="{ready}"')))
    reader.play()
    assert reader.until(lambda s: s["duration"] > 5)
    reader.shoot(f"example-{example.stem}")
