"""What publishers do while their articles are being spoken."""

from __future__ import annotations

import random

from tests.faults.house import articles


def test_articles_edited_and_deleted_while_they_are_spoken(house, whole, ledger) -> None:
    """A third is edited, a third deleted; what nobody wants is not finished, everything else is right."""
    lots = random.Random(3)  # noqa: S311
    posted = articles("edited", 9, 12)
    house.open("--workers", "2")
    house.until(lambda: len(house.speaking()) == 2, 60, "working")
    house.post(posted)
    house.until(lambda: house.asked().total() > 4, 60, "begun")
    lots.shuffle(posted)
    edited, deleted, left = posted[:3], posted[3:6], posted[6:]
    for article, gone in zip(edited, deleted, strict=True):
        article["text"] = article["text"].replace("قال", "روى", lots.randint(1, 9))
        house.post([article])
        with house.web.client as client:
            assert client.delete(f"/v1/articles/{gone['id']}").status_code == 204
    expected = whole([*edited, *left])
    lost = house.settle([*edited, *left], 60)
    asked = house.asked()
    doubled = asked.total() - len(asked)
    kept = house.count(deleted, "unknown")
    wrong = house.wrong([*edited, *left], expected) + (3 - kept)
    ledger("article edited or deleted while spoken", 6, lost=lost, doubled=doubled, wrong=wrong)
