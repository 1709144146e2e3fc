"""The engine of remote voices: an utterance becomes one request, or two, and their answer a clip."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from service.engines import pcm
from service.engines.engine import Surroundings
from service.engines.remote.adapter import Adapter, Options, Said, Spoken
from service.engines.remote.azure import Azure
from service.engines.remote.calls import Caller
from service.engines.remote.elevenlabs import ElevenLabs
from service.engines.remote.google import Google
from service.engines.remote.key import read_key
from service.engines.remote.meter import Alone
from service.engines.remote.names import ADAPTERS, TEXTS
from service.engines.remote.openai import OpenAi
from service.engines.remote.polly import Polly
from service.model.errors import EngineError
from service.model.reading import Utterance
from service.model.recording import Clip, WordTiming
from voices.card import VoiceCard

_SHARE = 0.8
"""Of the time that a phrase may take, for all calls and waits; the rest is for decoding and storing."""


class RemoteEngine:
    """Speaks with one voice of a server.

    Options of the card: ``adapter`` (one of ``ADAPTERS``), ``text`` (one of ``TEXTS``), ``revision`` (any
    text: to change it when the vendor changes the voice makes every recording new), and those of the adapter.
    """

    def __init__(self, card: VoiceCard, surroundings: Surroundings) -> None:
        if card.remote is None:
            raise EngineError(
                f"The card of {card.id} has no table [remote] with a base_url.",
                f"بطاقة الصوت {card.id} بلا جدول [remote] فيه base_url.",
            )
        read_key(card, card.remote)  # only to check that it is there
        options = Options(card)
        adapter = options.text("adapter", "openai", ADAPTERS)
        text = options.text("text", "diacritised", TEXTS)
        options.text("revision", "")
        self._card, self._terms = card, card.remote
        self._bare = text == "spoken"
        self._adapter: Adapter = _adapter(adapter, card, options, ssml=text == "ssml")
        options.check_all_read()
        self._seconds = surroundings.phrase_seconds * _SHARE
        meter = surroundings.meter(card) if surroundings.meter else Alone(card)
        self._caller = Caller(card, card.remote, meter)

    @property
    def sample_rate(self) -> int:
        """Hertz, as the card says; an answer at another rate is an error."""
        return self._card.sample_rate

    def speak(self, utterance: Utterance, speed: float) -> Clip:
        """Say one utterance; waits and repetitions included, within the time that a phrase may take.

        Raises:
            Rejected, VoiceStopped, BudgetSpent: nothing would change with a repetition.
            EngineError: the answer is not the expected audio, or came too late.
            Unavailable: the server is busy or out of reach; a later repetition may succeed.
            MissingPart: the key is not there.
        """
        text = utterance.spoken if self._bare else utterance.diacritised
        if not any(map(str.isalnum, text)):
            raise EngineError("there is nothing to say", "لا شيء يقال")
        key = read_key(self._card, self._terms)
        deadline = time.monotonic() + self._seconds
        call = partial(self._caller.call, key=key, deadline=deadline)
        beside = ("", "") if self._bare else (utterance.before, utterance.after)
        try:
            spoken = self._adapter.speak(Said(text, self._card.speed * speed, key, *beside), call)
        except EngineError as error:  # it may quote an answer, and a gateway may quote the key in that
            raise type(error)(key.hidden(error.en), key.hidden(error.ar)) from error
        return _clip(spoken, self._card.sample_rate, same=_same_words(text, utterance))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()


def _adapter(name: str, card: VoiceCard, options: Options, *, ssml: bool) -> Adapter:
    match name:
        case "azure":
            return Azure(card, options)
        case "elevenlabs":
            return ElevenLabs(card, options)
        case "google":
            return Google(card, options, ssml=ssml)
        case "polly":
            return Polly(card, options)
        case _:
            return OpenAi(card, options, ssml=ssml)


def _same_words(text: str, utterance: Utterance) -> bool:
    """Whether the words of the text are, one by one, those of ``diacritised``."""
    return len(text.split()) == len(utterance.diacritised.split())


def _clip(spoken: Spoken, rate: int, *, same: bool) -> Clip:
    """The clip without the silence around it; the times of its words move with it."""
    samples, lead = pcm.trim(spoken.samples, rate)
    if not samples.size:
        raise EngineError("only silence came out", "لم يخرج إلا الصمت")
    length, early = samples.size / rate, lead / rate

    def moved(word: WordTiming) -> WordTiming:
        start, end = (min(max(0.0, edge - early), length) for edge in (word.start, word.end))
        return replace(word, start=start, end=end)

    return Clip(pcm.to_int16(samples), rate, tuple(map(moved, spoken.words)) if same else ())
