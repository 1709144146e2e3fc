"""The ordered chain of rules that converts a sentence to its spoken form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from service.text.core.tokens import Kind, Replacement, Rule, Token
from service.text.grammar import prefixes
from service.text.lexicon import lexicon
from service.text.lexicon.lexicon import Lexicon
from service.text.normalisation import (
    abbreviations,
    addresses,
    bare_numbers,
    clean,
    codes,
    coordinates,
    counted,
    dates,
    definite_numbers,
    durations,
    final_ya,
    foreign,
    foreign_dates,
    fractions,
    initials,
    latin,
    lists,
    markup,
    match_minutes,
    money,
    more_than,
    negatives,
    numeric_dates,
    ordinals,
    percent,
    punctuation,
    ranges,
    rates,
    ratios,
    references,
    scale_words,
    scores,
    symbols,
    temperatures,
    times,
    unit_signs,
    units,
    years,
)
from service.text.normalisation.transliteration import Language, transliterate
from service.text.segmentation import phrasing

Rules = tuple[tuple[str, Rule], ...]
"""Named rules in their order; every module of rules makes them for a locale."""

_ALWAYS = frozenset(Kind)
_DIGITS = frozenset({Kind.NUMBER})

_SIGNS = frozenset({Kind.SYMBOL, Kind.ADDRESS})
_MARKS = frozenset({Kind.SYMBOL, Kind.PUNCTUATION})
_AMOUNTS = frozenset({Kind.NUMBER, Kind.SYMBOL})
_LATIN = frozenset({Kind.LATIN})
_NO_LEXICON = Lexicon()


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a site wants its articles read."""

    locale: str = "ar-MA"
    """A ``Locale`` of ``service.model.reading``, ``auto`` resolved: names of months, currencies."""
    breath_limit: int = phrasing.BREATH
    """Characters at most in a piece."""
    say_links: bool = False
    """Say «رابط» for a web address, instead of nothing."""
    keep_glosses: bool = False
    """Say Latin in brackets that repeats the Arabic before it."""
    latin: Language | None = None
    """Language of the voice that reads Latin script as written; ``None``: all is read in Arabic."""
    latin_limit: int = phrasing.BREATH
    """Characters at most in a piece of that voice's."""
    undotted: bool = False
    """Whether the text writes final yāʾ without dots: «فى المصرى»."""
    lexicon: Lexicon = _NO_LEXICON
    """Words whose reading is known."""


class Link(NamedTuple):
    """A rule in the chain."""

    name: str
    rule: Rule
    needs: frozenset[Kind]
    """It runs on sentences that hold a token of one of these kinds."""


@lru_cache(maxsize=8)
def chain(options: ReadingOptions) -> tuple[Link, ...]:
    """All rules, in their order."""
    return tuple(Link(name, rule, needs) for rules, needs in _lines(options) for name, rule in rules)


def _lines(options: ReadingOptions) -> tuple[tuple[Rules, frozenset[Kind]], ...]:
    """The chain: each line has rules, and the kinds of token of which one must stand in the sentence."""
    locale = options.locale
    known, vowelled = lexicon.rules(options.lexicon)
    *gloss, code, transliterated = latin.rules(locale, keep_glosses=options.keep_glosses)
    voiced = foreign.rules(locale, options.latin, known[1]) if options.latin else ()
    return (
        # Plain letters first: all others rely on them.
        (clean.rules(locale), _ALWAYS),
        # Words as all rules and tables spell them.
        (final_ya.rules(undotted=options.undotted), _ALWAYS),
        # What the reader of the page never sees.
        (markup.rules(locale), _SIGNS),
        # A prefix is pulled over an opening quote before quotes are anything else.
        (prefixes.rules(locale), _ALWAYS),
        (
            addresses.rules(locale, say_links=options.say_links, latin=partial(transliterate, locale=locale)),
            _SIGNS | {Kind.PUNCTUATION},
        ),
        # Verses and articles in brackets.
        (references.rules(locale), _DIGITS),
        (lists.rules(locale), _ALWAYS),
        # A gloss is dropped before anything can speak it.
        (tuple(gloss), _LATIN),
        # A title is said whole, with the names and numbers in it.
        (voiced, _LATIN),
        # Names are no amounts: COVID-19, F-16, G20, 5G.
        ((known,), _ALWAYS),
        # Signs whose words govern the number after them: «≈ 50» is «نحو خمسين».
        (symbols.rules(locale), _AMOUNTS | {Kind.LATIN}),
        # Before all that take the plus of «100+» for a sign.
        (more_than.rules(locale), frozenset({Kind.SYMBOL})),
        # Telephones and laws, which look like amounts and dates.
        (codes.rules(locale), _DIGITS),
        (ratios.rules(locale), _DIGITS),
        (durations.rules(locale), _DIGITS),
        (years.with_eras(locale), _DIGITS),
        (coordinates.rules(locale), _DIGITS),
        (foreign_dates.rules(locale), _LATIN),
        # Nothing else looks like a date; a month with two names («فبراير/شباط») has no digits.
        (numeric_dates.rules(locale), _DIGITS),
        (dates.rules(locale), _DIGITS | _MARKS),
        # Minutes of a match and times before ranks and scores: «الساعة 8», «10:00-12:00».
        (match_minutes.rules(locale), _DIGITS),
        (times.rules(locale), _DIGITS),
        # Amounts with a sign say their own ranges and negatives, and are no years: «2000 $».
        (money.rules(locale), _AMOUNTS),
        (percent.rules(locale), _AMOUNTS),
        (temperatures.rules(locale), _AMOUNTS),
        (rates.rules(locale), _AMOUNTS),
        (units.rules(locale), _AMOUNTS),
        (unit_signs.rules(locale), _AMOUNTS),
        (rates.leftovers(locale), _AMOUNTS),
        # «المتهم ع. م.» is no engineer.
        (initials.withheld(locale), _ALWAYS),
        # After د.م. and 8 م; before ranks: «ص 12».
        (abbreviations.rules(locale), _ALWAYS),
        (initials.rules(locale), _ALWAYS),
        # Ranks before years («القرن 3 ق.م») and counted nouns («المادة 12 قانون»).
        (ordinals.rules(locale), _DIGITS | {Kind.LATIN}),
        # Years before ranges and counted nouns: «سنة 2016 نحو» counts nothing.
        (years.rules(locale), _DIGITS),
        # After decades: «سنوات الـ90».
        (definite_numbers.rules(locale), _DIGITS),
        # A320, MP3: what no unit, currency or Roman number was.
        ((code,), _LATIN | _DIGITS),
        # The slash that is left is no date and no season.
        (fractions.rules(locale), _DIGITS | {Kind.SYMBOL}),
        # The context distinguishes a score from a range.
        (scores.rules(locale), _DIGITS),
        # Ranges leave their second number to the nouns.
        (ranges.rules(locale), _DIGITS),
        # The dash that is left before a number is a minus.
        (negatives.rules(locale), _DIGITS),
        (counted.rules(locale), _DIGITS),
        # The last resort: whatever digits are left.
        (bare_numbers.rules(locale), _DIGITS),
        # Units after a fraction, or after no digits at all.
        (unit_signs.leftovers(locale), _ALWAYS),
        # Whatever Latin is left.
        ((transliterated,), _LATIN),
        # Two million or one: the noun that follows tells.
        (scale_words.rules(locale), _ALWAYS),
        # The same letters, in Arabic.
        (initials.spelt(locale), _ALWAYS),
        # After all that say numbers: they look at the prefix to find the case.
        (prefixes.joins(locale), _ALWAYS),
        (symbols.leftovers(locale), _SIGNS),
        # Last: which dash, slash or bracket is heard.
        (punctuation.rules(locale), _MARKS),
        # Words that keep their letters get their vowels when nothing looks at letters any more.
        ((vowelled,), _ALWAYS),
        ((("unsaid", _unsaid),), frozenset({Kind.SYMBOL})),
    )


def _unsaid(tokens: Sequence[Token], at: int) -> Replacement | None:
    """Drop the signs that no rule can say."""
    return Replacement(1, "") if tokens[at].kind is Kind.SYMBOL else None
