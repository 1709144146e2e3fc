"""The folder of a reader's recordings, in the format of LJSpeech, and how far they are.

consent.json    who agreed to what, until when
prompts.tsv     the sentences: id, written, vowelled, phonemes
originals/      the takes as the microphone heard them
wavs/           the same at 22,050 Hz, with little silence at their ends
metadata.csv    id|written|vowelled of every take: what Piper, Coqui and Magpie are trained on
phonemes.csv    id|phonemes (IPA) of every take
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

from service.audio import wav
from service.audio.resample import resampled
from service.model.errors import IstamiError, NotFound
from service.studio import consent, takes
from service.studio.consent import Consent
from service.studio.prompts import Prompt, prompts
from service.studio.takes import Measured
from service.util.files import locked, replace, whole
from voices.licence import today

TRAINING_RATE = 22_050
"""Sample rate of LJSpeech, in Hz."""
_PROMPTS = "prompts.tsv"


class NoConsent(IstamiError):  # noqa: N818
    """Nothing is recorded without a consent that holds."""


class Session:
    """A reader's recordings.

    Args:
        folder: of the recordings; created if it is missing.
        count: number of sentences to read; sentences that were begun stay.

    Raises:
        Unwritable: the folder cannot be written.
        BadConsent: the consent in it was changed.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self.prompts = self._sentences(count)
        self._by_id = {prompt.id: prompt for prompt in self.prompts}
        self.consent = consent.read(folder)

    def done(self) -> list[str]:
        """Ids of the sentences that have a good take."""
        return [prompt.id for prompt in self.prompts if self._take(prompt.id).is_file()]

    def sign(self, agreed: Consent) -> None:
        """Store the reader's consent.

        Raises:
            NoConsent: another one holds already; it is unchanged.
            Unwritable: it cannot be written.
        """
        if self.consent and self.consent.holds(today()):
            raise NoConsent("A consent has been signed already.", "وُقّعت موافقة من قبل، وما زالت سارية.")
        consent.write(self._folder, agreed)
        self.consent = agreed

    def keep(self, id_: str, content: bytes) -> Measured:
        """Check and store a take; it replaces an earlier one of the same sentence.

        Args:
            id_: of the sentence.
            content: a WAV file.

        Raises:
            NoConsent: there is no consent, or it has ended.
            NotFound: no sentence has this id.
            BadTake: the take must be recorded again; nothing has changed.
            Unwritable: it cannot be written.
        """
        if self.consent is None or not self.consent.holds(today()):
            raise NoConsent(
                "The reader's consent is missing, or has ended.", "لا توجد موافقة سارية من القارئ."
            )
        prompt = self._by_id.get(id_)
        if prompt is None:
            raise NotFound("There is no such sentence.", "لا توجد جملة بهذا الرقم.")
        clip = takes.read(content)
        measured = takes.check(clip, sum(map(str.isalpha, prompt.written)))
        trained_on = resampled(takes.trimmed(clip, measured), TRAINING_RATE)
        with locked(self._folder / "metadata.csv"):
            _write(self._folder / "originals" / f"{id_}.wav", content)
            _write(self._take(id_), wav.of(trained_on))
            self._list()
        return measured

    def _take(self, id_: str) -> Path:
        return self._folder / "wavs" / f"{id_}.wav"

    def _list(self) -> None:
        """Write the lists of all takes anew."""
        read = [self._by_id[id_] for id_ in self.done()]
        self._table("metadata.csv", read, lambda prompt: (prompt.id, prompt.written, prompt.vowelled))
        self._table("phonemes.csv", read, lambda prompt: (prompt.id, prompt.phonemes))

    def _table(self, name: str, read: list[Prompt], row: Callable[[Prompt], tuple[str, ...]]) -> None:
        replace(self._folder / name, "".join(f"{'|'.join(row(prompt))}\n" for prompt in read))

    def _sentences(self, count: int) -> list[Prompt]:
        """Those in the folder, and more if there are fewer: a later version may make others."""
        file = self._folder / _PROMPTS
        known = []
        if file.is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            known = [Prompt(*line.split("\t")) for line in lines]
        if len(known) < count:
            seen = {prompt.written for prompt in known}
            more = [prompt for prompt in prompts(count) if prompt.written not in seen]
            for prompt in more[: count - len(known)]:
                known.append(Prompt(f"{len(known) + 1:04}", prompt.written, prompt.vowelled, prompt.phonemes))
            replace(file, "".join("\t".join(astuple(prompt)) + "\n" for prompt in known))
        return known


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as file:
        file.write(content)
