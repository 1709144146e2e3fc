"""Which token of a text Magpie is speaking."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.engines.magpie_alignment import Alignment


def attended(tokens, strongest):
    attention = np.zeros(tokens)
    attention[strongest] = 1
    return attention


def test_it_follows_attention_forward_and_never_back():
    alignment = Alignment(20)
    for strongest, at in ((3, 3), (2, 3), (5, 5), (19, 5)):
        alignment.follow(attended(20, strongest))
        assert alignment.at == at


def test_it_steps_over_a_token_at_which_it_is_stuck():
    alignment = Alignment(20)
    places = []
    for _ in range(6):
        alignment.follow(attended(20, 3))
        places.append(alignment.at)
    assert places == [3, 3, 3, 3, 4, 4]


def test_the_prior_opens_a_window_and_damps_the_rest():
    alignment = Alignment(20)
    alignment.follow(attended(20, 5))
    assert np.flatnonzero(alignment.prior() == 1).tolist() == [4, 5, 6, 7, 8, 9, 10, 11]
    assert set(alignment.prior()) == {np.float32(0.1), np.float32(1)}


def test_the_prior_damps_where_it_was_stuck_and_all_before():
    alignment = Alignment(20)
    for _ in range(4):
        alignment.follow(attended(20, 5))
    assert np.flatnonzero(alignment.prior() == 1).tolist() == [6, 7, 8, 9, 10, 11]


def test_a_text_of_five_tokens_is_not_guided():
    alignment = Alignment(5)
    alignment.follow(attended(5, 1))
    assert alignment.prior().tolist() == [1] * 5


def test_speech_may_end_near_the_end_of_the_text_and_not_before():
    alignment = Alignment(10)
    ending = []
    for strongest in (2, 6, 6, 6, 6, 6):
        alignment.follow(attended(10, strongest))
        ending.append(alignment.ending)
    assert ending == [False, False, False, False, False, True]


@given(st.integers(3, 120), st.integers(0, 2**31))
def test_any_attention_comes_to_the_end_and_at_most_five_steps_a_token(tokens, seed):
    random, alignment, steps = np.random.default_rng(seed), Alignment(tokens), 0
    while not alignment.ending:
        before = alignment.at
        alignment.follow(random.random(tokens))
        assert before <= alignment.at < tokens
        steps += 1
    assert steps <= 5 * tokens
