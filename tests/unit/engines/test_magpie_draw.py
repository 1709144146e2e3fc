"""How Magpie's tokens are drawn."""

import numpy as np
import pytest

from service.engines.magpie_model import Chance, Draw

SIZE = 16
END = SIZE + 1
TOKENS = SIZE + 8


def logits(**levels):
    made = np.full((2, TOKENS), -10.0)
    for token, level in levels.items():
        made[:, int(token.removeprefix("t"))] = level
    return made


def drawn(given, *, may_end=True, times=2000, **chance):
    draw = Draw(Chance(**chance), SIZE)
    return np.bincount([draw.one(given, may_end=may_end) for _ in range(times)], minlength=TOKENS) / times


def test_tokens_come_as_often_as_their_logits_say():
    shares = drawn(logits(t1=1.0, t2=0.0), temperature=0.5, guidance=1.0)
    assert shares[1] == pytest.approx(1 / (1 + np.exp(-2)), abs=0.03)
    assert shares[1] + shares[2] == 1


def test_only_the_top_tokens_are_drawn():
    assert np.flatnonzero(drawn(logits(t1=1.0, t2=0.9, t3=0.8), top=2)).tolist() == [1, 2]


def test_what_the_text_adds_is_strengthened():
    given = logits(t1=1.0, t2=1.1)
    given[1, 1] = 0.0  # only the text speaks for it
    draw = Draw(Chance(temperature=0.0), SIZE)
    assert draw.one(given, may_end=True) == 1
    assert Draw(Chance(temperature=0.0, guidance=1.0), SIZE).one(given, may_end=True) == 2


def test_signs_that_are_no_sound_never_come_and_the_end_only_when_it_may():
    given = logits(**{f"t{token}": 9.0 for token in range(SIZE, TOKENS)}, t3=0.0)
    assert np.flatnonzero(drawn(given, may_end=False)).tolist() == [3]
    assert np.flatnonzero(drawn(given)).tolist() == [END]
    draw = Draw(Chance(), SIZE)
    assert draw.likeliest(given[:, None], may_end=False).tolist() == [3]
    assert draw.likeliest(given[:, None], may_end=True).tolist() == [END]


def test_the_same_seed_draws_the_same_and_another_does_not():
    given = np.zeros((2, TOKENS))
    one, same, other = (
        [draw.one(given, may_end=False) for _ in range(20)]
        for draw in (Draw(Chance(seed=seed), SIZE) for seed in (1, 1, 2))
    )
    assert one == same != other
    assert one[:5] == [6, 11, 0, 4, 2]  # with every release of NumPy
