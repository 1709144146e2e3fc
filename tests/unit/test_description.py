"""The API's description leaves nothing out."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from service.config.settings import Settings
from service.server import app


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return app.build(Settings(), "redis://127.0.0.1:1/0").openapi()


@pytest.fixture(scope="module")
def operations(api) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
    }


def test_every_field_is_described_and_has_an_example(api) -> None:
    for name, schema in api["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name
        for field, told in schema.get("properties", {}).items():
            assert told.get("description"), f"{name}.{field}"
            # What is made of other nouns has its example there.
            assert "examples" in json.dumps(told) or "$ref" in json.dumps(told), f"{name}.{field}"


def test_examples_are_of_their_fields_type(api) -> None:
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    for name, schema in api["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            types = [each.get("type") for each in told.get("anyOf", [told])]
            if not set(types) <= set(kinds):
                continue
            for example in told.get("examples", []):
                assert any(isinstance(example, kinds[each]) for each in types), f"{name}.{field}"


def test_every_parameter_is_described(operations) -> None:
    for name, operation in operations.items():
        assert operation["description"], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{name} {parameter['name']}"


def test_every_operation_has_a_name_of_its_own(operations) -> None:
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_every_answer_is_described(operations) -> None:
    for name, operation in operations.items():
        for status, answer in operation["responses"].items():
            assert answer["description"], f"{name} {status}"
            assert answer["description"] != "Successful Response" or answer.get("content"), f"{name} {status}"


def test_errors_are_problems_or_openais_own(operations) -> None:
    for name, operation in operations.items():
        assert "500" in operation["responses"], name
        assert "503" in operation["responses"], name
        if "requestBody" in operation:
            assert {"400", "408", "413"} <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if status[0] in "45" and status != "416" and "/readyz" not in name:
                [(kind, content)] = answer["content"].items()
                own = "openai" in operation["tags"] and status not in {"408", "413"}
                assert kind == ("application/json" if own else "application/problem+json"), f"{name} {status}"
                noun = "RefusalOut" if own else "ProblemOut"
                assert content["schema"]["$ref"].endswith(f"/{noun}"), f"{name} {status}"


def test_no_noun_of_the_framework_is_left(api) -> None:
    assert not {"HTTPValidationError", "ValidationError"} & set(api["components"]["schemas"])
    nouns = set(api["components"]["schemas"])
    used = {part.split('"')[0] for part in json.dumps(api).split("#/components/schemas/")[1:]}
    assert used <= nouns
