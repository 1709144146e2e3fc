"""Batches in the store: their state, their articles in parcels, their reports in pages.

Each value is stored whole under a name of its own, and a batch's progress changes together with its report in
one transaction under its claim: the change is idempotent, and a process that dies half-way has changed
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cache.store import Claim, Put, Store
from service.batches.batch import ENDED, Batch, Ended
from service.model.article import Submission
from service.storage import keys
from service.storage.codec import all_unpacked, is_newer, noun, packed, unpacked

CLAIM_SECONDS = 60.0
"""How long a dead process blocks its batch for others; far above the time to read one article."""
PAGE = 100
"""Lines of a page of a report."""
_MOST_LISTED = 1000
_MOST_LOST = 1000
"""Parcels and pages that are looked for if the record of their number is lost."""
_CANCELLED = b"1"
"""Value of a cancellation from before cancellations named the batch's creation time."""

_BATCH = noun("batch", Batch)
_PARCEL = noun("parcel of a batch", list[tuple[int, Submission]], squeezed=True)
_ENDED = noun("line of a report", Ended)

Parcel = Sequence[tuple[int, Submission]]
"""Articles and the numbers of their lines."""


class BatchStore:
    """Batches in the store.

    Args:
        store: of the batches.
        lifetime: seconds that a batch is known after its end.
    """

    def __init__(self, store: Store, lifetime: int) -> None:
        self._store = store
        self._lifetime = lifetime

    def claim(self, batch: str) -> Claim | None:
        """The right to change a batch; ``None`` while another process has it."""
        return self._store.claim(keys.batch_claim_name(batch), CLAIM_SECONDS)

    def release(self, claim: Claim) -> None:
        """Release the claim."""
        self._store.release(claim)

    def get(self, batch: str) -> Batch | None:
        """A batch."""
        return unpacked(_BATCH, self._store.get(keys.batch_name(batch)))

    def is_newer(self, batch: str) -> bool:
        """Whether a newer version of the service wrote a batch."""
        return is_newer(_BATCH, self._store.get(keys.batch_name(batch)))

    def newest(self, most: int, site: str | None = None) -> list[Batch]:
        """The newest batches: of all sites, or of one."""
        found = map(self.get, self._store.highest(keys.batch_list_name(site), 0, most))
        return [batch for batch in found if batch]

    def unfinished(self) -> list[str]:
        """Ids of all batches that are not finished."""
        return sorted(self._store.members(keys.BATCHES))

    def open(self, claim: Claim, batch: Batch) -> None:
        """Store a new batch."""
        # Listed as unfinished before it is stored: if this process dies between the two, it is deleted.
        self._store.add(keys.BATCHES, batch.id)
        for site in {None, batch.site}:
            name = keys.batch_list_name(site)
            self._store.place(name, batch.id, batch.created, most=_MOST_LISTED, ttl=self._lifetime)
        self.keep(claim, batch)

    def keep(
        self,
        claim: Claim,
        batch: Batch,
        ended: Sequence[Ended] = (),
        *,
        parcel: Parcel = (),
        delete: Sequence[str] = (),
        puts: Mapping[str, Put] | None = None,
    ) -> None:
        """Change a batch atomically, and renew its claim.

        Args:
            claim: on the batch.
            batch: its new state; counts ``ended`` already.
            ended: lines to add to its report.
            parcel: articles to store as its last parcel.
            delete: names of values that are no longer needed.
            puts: other values that change with it, under names of the same slot.

        Raises:
            ClaimLost: another process has taken over; nothing was changed.
        """
        self._store.renew(claim, CLAIM_SECONDS)
        lifetime = self._lifetime if batch.status in ENDED else None
        changed = {keys.batch_name(batch.id): packed(_BATCH, batch, lifetime), **(puts or {})}
        faults = [line for line in ended if line.error]
        if ended:
            changed |= self._pages(keys.batch_report_name, batch.id, batch.reported, ended)
        if faults:
            changed |= self._pages(keys.batch_faults_name, batch.id, batch.faults, faults)
        if parcel:
            name = keys.batch_parcel_name(batch.id, batch.parcels - 1)
            changed[name] = packed(_PARCEL, list(parcel))
        self._store.commit(claim, changed, delete=delete)

    def parcel(self, batch: Batch) -> Parcel:
        """The parcel with the next article; empty if the store has lost it."""
        return unpacked(_PARCEL, self._store.get(keys.batch_parcel_name(batch.id, batch.parcel))) or []

    def report(self, batch: str, page: int) -> list[Ended]:
        """A page of the outcomes of a batch's lines; empty after the last."""
        return self._page(keys.batch_report_name(batch, page))

    def faults(self, batch: str, page: int) -> list[Ended]:
        """A page of the failed and rejected lines; empty after the last."""
        return self._page(keys.batch_faults_name(batch, page))

    def cancel(self, batch: Batch) -> None:
        """Cancel the articles of a batch that have not begun; not a later batch with the same id."""
        self._store.put(keys.batch_cancel_name(batch.id), Put(_born(batch)))

    def cancelled(self, batch: Batch) -> bool:
        """Whether a batch was cancelled."""
        return self._store.get(keys.batch_cancel_name(batch.id)) in {_born(batch), _CANCELLED}

    def close(self, batch: Batch) -> None:
        """Make the remaining values of an ended batch expire."""
        self._store.touch(self._lifetime, keys.batch_cancel_name(batch.id))
        for page in range(-(-batch.reported // PAGE)):
            names = keys.batch_report_name(batch.id, page), keys.batch_faults_name(batch.id, page)
            self._store.touch(self._lifetime, *names)
        self._store.discard(keys.BATCHES, batch.id)

    def clear(self, claim: Claim, batch: str) -> None:
        """Delete a batch that was not received completely.

        Raises:
            ClaimLost: another process has taken it over; nothing was changed.
        """
        known = self.get(batch)
        parcels, pages = (known.parcels, -(-known.reported // PAGE)) if known else (_MOST_LOST, _MOST_LOST)
        gone = [keys.batch_parcel_name(batch, number) for number in range(parcels + 1)]
        for number in range(pages + 1):
            gone += [keys.batch_report_name(batch, number), keys.batch_faults_name(batch, number)]
        self._store.commit(claim, {}, delete=[keys.batch_name(batch), keys.batch_cancel_name(batch), *gone])
        for site in {None, known.site if known else None}:
            self._store.displace(keys.batch_list_name(site), batch)
        self._store.discard(keys.BATCHES, batch)

    def _page(self, name: str) -> list[Ended]:
        return list(all_unpacked(_ENDED, (self._store.get(name) or b"").splitlines()))

    def _pages(
        self, name: Callable[[str, int], str], batch: str, count: int, added: Sequence[Ended]
    ) -> dict[str, Put]:
        """The new content of the pages that change when lines are added, to ``count`` lines in all.

        Lines that a page should not have yet (written, but the answer was lost) are overwritten.
        """
        before = count - len(added)
        page, kept = divmod(before, PAGE)
        there = (self._store.get(name(batch, page)) or b"").splitlines(keepends=True)[:kept] if kept else []
        lines = there + [_ENDED.encode(line) + b"\n" for line in added]
        return {
            name(batch, page + number): Put(b"".join(lines[start : start + PAGE]))
            for number, start in enumerate(range(0, len(lines), PAGE))
        }


def _born(batch: Batch) -> bytes:
    """Distinguishes a batch from others with its id."""
    return repr(batch.created).encode()
