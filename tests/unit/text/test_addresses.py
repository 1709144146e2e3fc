"""Settings of web addresses and e-mails."""

import pytest

from service.text.core.rule_walker import apply
from service.text.core.tokens import tokenise, written
from service.text.normalisation import addresses


def said(text, **settings):
    tokens = list(tokenise(text))
    for name, rule in addresses.rules("ar-MA", **settings):
        tokens, _ = apply(name, rule, tokens)
    return written(tokens)


@pytest.mark.parametrize(("say_links", "spoken"), [(False, "زوروا اليوم"), (True, "زوروا رابط اليوم")])
def test_a_web_address_is_dropped_or_said_as_a_link(say_links, spoken):
    assert said("زوروا https://example.ma/a?b=1 اليوم", say_links=say_links) == spoken


def test_a_link_that_the_sentence_announces_is_not_announced_twice():
    assert said("عبر الرابط https://example.ma", say_links=True) == "عبر الرابط"


def test_an_e_mail_is_said_in_its_parts_where_latin_can_be_said():
    names = {"info": "إنفو", "example": "إكزامبل", "ma": "ما"}

    assert said("راسلوا info_2@example.ma", latin=names.get) == (
        "راسلوا إنفو شرطة سفلية اثنان آت إكزامبل نقطة ما"
    )


def test_an_e_mail_is_dropped_where_latin_cannot_be_said():
    assert said("راسلوا info@example.ma اليوم") == "راسلوا اليوم"
