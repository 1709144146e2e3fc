"""Applies a publisher's instructions to a sentence's tokens, before any rule of the chain.

Instructions are rules, too: they precede the chain, which treats their words like those of any rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from service.model.document import Break, Instruction, LexiconEntry, Script, Sentence, Span, Way
from service.model.reading import Step
from service.text.core.tokens import Kind, Replacement, Rule, Token, tokenise
from service.text.grammar.clitics import Clitics, alone, attach, attach_phones
from service.text.lexicon import lexicon
from service.text.lexicon.annotation import annotate
from service.text.lexicon.entries import Entry
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation.transliteration import Language, transliterate
from service.text.pipeline import say_as
from service.text.pipeline.rule_chain import ReadingOptions, Rules
from service.text.segmentation.ssml_spans import REPLACING, placed_at

_LANGUAGES = {"en": Language.ENGLISH, "fr": Language.FRENCH}
_NAMED = frozenset({Kind.LATIN, Kind.NUMBER})


def cut(sentence: Sentence) -> tuple[list[Token], list[Step]]:
    """The tokens of a sentence, none crossing an edge of an instruction, and the replacements by aliases.

    A span with an alias has the alias's tokens; a break within the sentence is heard as a comma.
    """
    offset = sentence.span.start if sentence.span else 0
    tokens: list[Token] = []
    steps: list[Step] = []
    at = offset
    for start, end, what in _edges(sentence.script, offset, offset + len(sentence.text)):
        tokens += _plain(sentence.text, offset, Span(at, start))
        if isinstance(what, Break):
            tokens.append(Token("،", Span(start, end), Kind.PUNCTUATION, spaced=False))
        elif what.way is Way.SUB:
            alias = [replace(token, span=what.span, rule=Way.SUB) for token in tokenise(what.value)]
            alias[:1] = [
                replace(token, spaced=_is_spaced(sentence.text, start - offset)) for token in alias[:1]
            ]
            tokens += alias
            steps.append(Step(Way.SUB, sentence.text[start - offset : end - offset], what.value, what.span))
        else:
            tokens += _plain(sentence.text, offset, what.span)
        at = end
    return [*tokens, *_plain(sentence.text, offset, Span(at, offset + len(sentence.text)))], steps


def before(script: Script, options: ReadingOptions) -> Rules:
    """The rules of a script that precede the chain."""
    rules: list[tuple[str, Rule]] = []
    if script.instructions:
        starting = {each.span.start: each for each in script.instructions if each.way in REPLACING}
        tongues = [each for each in script.instructions if each.way is Way.LANG]
        rules += [
            (Way.SAY_AS, partial(_say_as, starting, options.locale)),
            (Way.PHONEME, partial(_phoneme, starting, options.locale)),
            (Way.LANG, partial(_lang, tongues, options)),
        ]
    return (*rules, *_words(script.words)[:1])


def after(script: Script) -> Rules:
    """The rules of a script that follow the chain: vowels of words whose letters do not change."""
    return _words(script.words)[1:]


@lru_cache(maxsize=4)
def _words(words: tuple[LexiconEntry, ...]) -> Rules:
    if not words:
        return ()
    return lexicon.rules(
        Lexicon(tuple(Entry(word.grapheme, word.reading, word.ipa, word.role) for word in words))
    )


def _edges(script: Script, start: int, end: int) -> list[tuple[int, int, Instruction | Break]]:
    whole = [(each.span.start, each.span.end, each) for each in script.instructions if each.way in REPLACING]
    heard = [
        (each.at, each.at, each) for each in script.breaks if start < each.at < end and each.seconds != 0
    ]
    return sorted([*whole, *heard], key=lambda edge: edge[:2])


def _plain(text: str, offset: int, span: Span) -> Iterator[Token]:
    start = span.start - offset
    for number, token in enumerate(tokenise(text[start : span.end - offset], span.start)):
        yield replace(token, spaced=True) if not number and _is_spaced(text, start) else token


def _is_spaced(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isspace()


def _say_as(
    starting: dict[int, Instruction], locale: str, tokens: Sequence[Token], at: int
) -> Replacement | None:
    found = _starts(starting, Way.SAY_AS, tokens, at)
    if found is None:
        return None
    stretch = say_as.Stretch(tokens, at, _reach(tokens, at, found.span))
    return say_as.said(found.value, found.format, stretch, locale)


def _phoneme(
    starting: dict[int, Instruction], locale: str, tokens: Sequence[Token], at: int
) -> Replacement | None:
    """The words with their phones; clitics that touch the first word are joined to it."""
    clitics = (alone(tokens[at].text) if tokens[at].kind is Kind.WORD else None) or Clitics()
    first = at + (bool(clitics) and at + 1 < len(tokens) and not tokens[at + 1].spaced)
    found = _starts(starting, Way.PHONEME, tokens, first)
    if found is None:
        return None
    length = _reach(tokens, first, found.span)
    words = [_lettered(token, locale) for token in tokens[first : first + length]]
    ipa = found.value.split()
    if first > at:
        words[0], ipa[0] = attach(clitics, words[0]), attach_phones(clitics, ipa[0])
    return Replacement(first - at + length, " ".join(map(annotate, words, ipa)))


def _lettered(token: Token, locale: str) -> str:
    """A word transliterated to one word in letters that every Arabic voice reads."""
    if token.kind is not Kind.LATIN:
        return token.text
    return transliterate(token.text, locale=locale).replace(" ", "")


def _lang(
    tongues: Sequence[Instruction], options: ReadingOptions, tokens: Sequence[Token], at: int
) -> Replacement | None:
    """Latin script in a language: for its voice if there is one, else transliterated by its spelling."""
    if tokens[at].kind is not Kind.LATIN or tokens[at].rule:
        return None
    found = placed_at(tongues, tokens[at].span.start)
    if found is None:
        return None
    language = _LANGUAGES[found.value]
    if options.latin is not language:
        return Replacement(1, transliterate(tokens[at].text, locale=options.locale, language=language))
    end = at + _reach(tokens, at, found.span)
    words = [place for place in range(at, end) if tokens[place].kind is Kind.WORD]
    end = min(words, default=end)
    while tokens[end - 1].kind not in _NAMED:
        end -= 1
    return Replacement(end - at, " ".join(token.text for token in tokens[at:end]), foreign=True)


def _starts(
    starting: dict[int, Instruction], way: Way, tokens: Sequence[Token], at: int
) -> Instruction | None:
    found = starting.get(tokens[at].span.start)
    is_break = tokens[at].span.start == tokens[at].span.end
    return found if found and found.way is way and not is_break else None


def _reach(tokens: Sequence[Token], at: int, span: Span) -> int:
    """Number of tokens in a span that begins at a token."""
    end = at
    while end < len(tokens) and tokens[end].span.end <= span.end and tokens[end].span.start < span.end:
        end += 1
    return end - at
