"""The examples in the docstrings of the number rules are true."""

import doctest
import importlib
import pkgutil

import pytest

import service.text

_MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(service.text.__path__, "service.text.")
    if not module.ispkg
)


@pytest.mark.parametrize("name", _MODULES)
def test_every_example_in_a_docstring_holds(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    examples = sum(
        len(each.examples) for name in _MODULES for each in finder.find(importlib.import_module(name))
    )
    assert examples > 100
