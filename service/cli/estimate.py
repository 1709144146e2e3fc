"""``istami batch --estimate``: what an archive would cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain

import typer
from rich.console import Console
from rich.table import Column, Table

from service.bulk.estimate import Estimate
from service.bulk.item import Source
from service.bulk.run import drawn
from service.bulk.web import Web
from service.cli import paid
from service.config.settings import Settings
from service.model.article import Submission
from service.model.reading import SpokenText
from service.server.container import Container
from service.text.diacritisation.diacritiser import Diacritiser
from service.text.phonetics.utterance import utter_all
from voices.catalogue import Catalogue

_MEASURED = 200
"""Pieces of an archive that are vowelled, to know how much longer its vowelled text is."""


def show(settings: Settings, sources: Sequence[Source], web: Web) -> None:
    """Print the characters of an archive by voice, and their price."""
    parts, found = Container(settings), Estimate()
    counting = _Counting(parts)
    items = drawn(chain.from_iterable(source.items for source in sources))
    asyncio.run(found.add(items, web.page, counting.pieces))
    names = ("voice", "characters", "price", "left this month")
    table = Table(*(Column(name, justify="right" if name != "voice" else "left") for name in names), box=None)
    for voice, characters in sorted(found.characters.items()):
        terms = parts.card(voice).remote
        price = f"{terms.cost(characters):.2f} {terms.currency}" if terms and terms.price else "free"
        table.add_row(voice, f"{characters:,}", price, _left(settings, parts.catalogue, voice))
    Console(soft_wrap=True, highlight=False).print(table)
    bad = f", {found.unreadable} more cannot be read" if found.unreadable else ""
    typer.echo(
        f"{found.articles} articles{bad}. At most so much: audio that is there already, and sentences that "
        "repeat, cost nothing."
    )


class _Counting:
    """Counts the characters of articles as their voices are sent them."""

    def __init__(self, parts: Container) -> None:
        self._parts = parts
        self._diacritiser = Diacritiser()
        self._bare, self._vowelled = 0, 0
        """Characters of the same pieces without vowels and with them."""
        self._measured = 0

    def pieces(self, request: Submission) -> list[tuple[str, int]]:
        """The voice of each piece and its characters."""
        readings, sound = self._parts.article_service.read(request)
        found = []
        for piece in chain.from_iterable(reading.pieces for reading in readings):
            voice = sound.latin.voice if piece.latin else sound.voice
            text = self._parts.card(voice).options.get("text", "diacritised")
            bare = text == "spoken" or piece.latin
            found.append((voice, len(piece.spoken) if bare else self._vowelled_length(piece.spoken)))
        return found

    def _vowelled_length(self, spoken: str) -> int:
        """Characters with vowels: exact for the first pieces, and for others in proportion."""
        if self._measured < _MEASURED:
            [utterance] = utter_all([SpokenText(spoken)], self._diacritiser)
            self._measured += 1
            self._bare += len(spoken)
            self._vowelled += len(utterance.diacritised)
            return len(utterance.diacritised)
        return round(len(spoken) * self._vowelled / max(1, self._bare))


def _left(settings: Settings, catalogue: Catalogue, voice: str) -> str:
    """What this month's budget still pays for."""
    terms = catalogue.get(voice).remote
    if terms is None or terms.characters is None:
        return "no limit"
    used = paid.usage(settings).get(voice)
    if used is None:
        return "not known: nothing is running"
    return f"{terms.cost(max(0, terms.characters - used)):.2f} {terms.currency}"
