"""Where rules are asked, and what comes of their answers."""

from __future__ import annotations

from functools import partial

from service.model.document import Span
from service.text.core.rule_walker import Walk, apply, starts_at
from service.text.core.tokens import Kind, Replacement, Token, tokenise, written


def asked(rule, text: str) -> list[str]:
    """The tokens of a text at which a rule is asked."""
    places: list[str] = []

    def ask(tokens, at):
        places.append(tokens[at].text)

    ask.__dict__.update(rule.__dict__)
    apply("", ask, list(tokenise(text)))
    return places


def silent(_tokens, _at) -> None:
    return None


def test_a_rule_that_says_nothing_is_asked_everywhere() -> None:
    assert asked(silent, "قال 3 رجال: مرحبا.") == ["قال", "3", "رجال", ":", "مرحبا", "."]


def test_a_rule_is_asked_where_its_replacements_can_start() -> None:
    numbers = starts_at(Kind.NUMBER)(lambda *_: None)
    assert asked(numbers, "قال 3 رجال و4 نساء") == ["3", "4"]
    long = starts_at(Kind.WORD, text=lambda text: len(text) > 3)(lambda *_: None)
    assert asked(long, "قال 5000 رجال") == ["رجال"]


def test_a_rule_that_says_two_starts_is_asked_at_both() -> None:
    both = starts_at(Kind.NUMBER)(starts_at(text=":".__eq__)(lambda *_: None))
    assert asked(both, "قال 3 رجال: مرحبا.") == ["3", ":"]


def test_a_rule_that_is_made_for_a_locale_starts_where_its_maker_does() -> None:
    @starts_at(Kind.NUMBER)
    def named(locale, _tokens, _at):
        return Replacement(1, locale)

    tokens, steps = apply("locale", partial(named, "مغربي"), list(tokenise("في 3 مدن")))
    assert written(tokens) == "في مغربي مدن"
    assert [step.written for step in steps] == ["3"]


def test_a_word_that_is_left_to_another_voice_is_left_by_all() -> None:
    foreign = Token("Nobel", Span(0, 5), Kind.FOREIGN, spaced=False)
    tokens, steps = apply("", lambda *_: Replacement(1, "شيء"), [foreign])
    assert (tokens, steps) == ([foreign], [])


def test_a_rule_finds_what_one_before_it_has_made() -> None:
    first = starts_at(Kind.NUMBER)(lambda *_: Replacement(1, "ثلاثة"))
    second = starts_at(Kind.WORD, text="ثلاثة".__eq__)(lambda *_: Replacement(2, "ثلاثة منهم"))
    tokens, _ = Walk([("first", first), ("second", second)]).over(list(tokenise("قال 3 رجال")))
    assert written(tokens) == "قال ثلاثة منهم"
    tokens, _ = Walk([("second", second), ("first", first)]).over(list(tokenise("قال 3 رجال")))
    assert written(tokens) == "قال ثلاثة رجال"


def test_a_rule_is_for_sentences_that_hold_what_it_needs() -> None:
    rule = starts_at(Kind.WORD)(lambda *_: Replacement(1, "كلمة"))
    walk = Walk([("", rule)], [frozenset({Kind.NUMBER})])
    assert written(walk.over(list(tokenise("قال رجل")))[0]) == "قال رجل"
    assert written(walk.over(list(tokenise("قال 3")))[0]) == "كلمة 3"
