"""Owners take turns, and what nobody waits for comes last."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from service.pool.turns import Turns


@dataclass(frozen=True)
class Item:
    owner: str
    urgent: bool = True
    number: int = 0


def taken(turns: Turns[Item]) -> list[Item]:
    found = []
    while item := turns.take():
        found.append(item)
        turns.end(item)
    return found


def test_owners_take_turns_however_much_one_of_them_has_sent() -> None:
    turns: Turns[Item] = Turns(2)
    for number in range(50):
        turns.put(Item("a", number=number))
    turns.put(Item("b"))
    turns.put(Item("c"))
    assert [item.owner for item in taken(turns)][:4] == ["a", "b", "c", "a"]


def test_what_somebody_waits_for_comes_before_what_is_made_in_stock() -> None:
    turns: Turns[Item] = Turns(2)
    for number in range(9):
        turns.put(Item("a", urgent=False, number=number))
    turns.put(Item("a"))
    assert taken(turns)[0].urgent


def test_one_owner_never_holds_every_process_and_neither_does_the_stock() -> None:
    turns: Turns[Item] = Turns(2)
    for number in range(3):
        turns.put(Item("a", number=number))
        turns.put(Item(f"stock of {number}", urgent=False))
    begun = [turns.take() for _ in range(6)]
    assert [item.owner for item in begun if item] == ["a", "a", "stock of 0", "stock of 1"]
    turns.put(Item("b"))
    assert turns.take() == Item("b")
    turns.end(begun[0])
    assert turns.take() == Item("a", number=2)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
def test_everything_is_taken_once_and_in_its_owners_order(sent: list[tuple[str, bool]]) -> None:
    turns: Turns[Item] = Turns(1)
    items = [Item(owner, urgent, number) for number, (owner, urgent) in enumerate(sent)]
    for item in items:
        turns.put(item)
    assert turns.waiting == len(items)
    found = taken(turns)
    assert sorted(found, key=lambda item: item.number) == items
    for owner, urgent in {(item.owner, item.urgent) for item in items}:
        numbers = [item.number for item in found if (item.owner, item.urgent) == (owner, urgent)]
        assert numbers == sorted(numbers)
    assert turns.waiting == 0
