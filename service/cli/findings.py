"""Findings of ``istami doctor`` and their output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

import typer
from rich.console import Console

from cache.errors import StoreError
from cache.store import Store
from service.model.errors import IstamiError
from service.storage import durability


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    part: str
    fine: bool
    found: str
    cure: str = ""
    needed: bool = True
    """Whether synthesis requires it."""
    ar: str = ""
    """The problem and its remedy, in Arabic."""

    @property
    def well(self) -> bool:
        """Whether this finding permits synthesis."""
        return self.fine or not self.needed


def unsaved(store: Store) -> Iterator[Finding]:
    """Report a store that cannot save to disk; nothing if it does not report its state."""
    try:
        fault = durability.fault(store.condition())
    except StoreError:
        return
    if fault:
        cure = "make room on Redis's disk and let it write its folder; its log has the reason"
        yield Finding("persistence", False, fault.en, cure, needed=False, ar=fault.ar)


def tried(part: str, attempt: Callable[[], str]) -> Finding:
    """The result of an attempt; an error becomes the finding."""
    try:
        return Finding(part, True, attempt())
    except IstamiError as error:
        return Finding(part, False, error.en, ar=error.ar)


def told(findings: Iterable[Finding], *, as_json: bool) -> bool:
    """Print findings: for people one by one, as JSON at the end. Returns whether all is well."""
    if as_json:
        all_ = list(findings)
        well = all(finding.well for finding in all_)
        report = {"well": well, "findings": [asdict(finding) for finding in all_]}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return well
    console = Console(highlight=False, soft_wrap=True)
    lines = [_line(console, finding) for finding in findings]  # all of them, whatever the first one says
    return all(lines)


def _line(console: Console, finding: Finding) -> bool:
    sign, style = ("✓", "green") if finding.fine else ("✗", "red") if finding.needed else ("–", "yellow")
    console.print(f"[{style}]{sign}[/] {finding.part:<12} ", end="")
    console.print(finding.found, markup=False)
    if not finding.fine:
        for line in filter(None, (finding.cure, finding.ar)):
            console.print(f"  → {line}", style="bold", markup=False)
    return finding.well
