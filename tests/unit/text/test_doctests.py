"""The examples in the docstrings of the number rules are true."""

import doctest
import importlib
import pkgutil

import pytest

import service.text

_MODULES = sorted(module.name for module in pkgutil.iter_modules(service.text.__path__) if not module.ispkg)


@pytest.mark.parametrize("name", _MODULES)
def test_every_example_in_a_docstring_holds(name):
    outcome = doctest.testmod(importlib.import_module(f"service.text.{name}"))
    assert outcome.failed == 0
