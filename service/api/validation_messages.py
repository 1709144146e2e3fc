"""Messages for invalid fields, in Arabic and in English, from pydantic's errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from service.model.counting import CHARACTER, counted

_Said = tuple[str, str]

_SAID: Mapping[str, Callable[[str, dict[str, Any]], _Said]] = {
    "missing": lambda field, _: (f"“{field}” is missing.", f"الحقل «{field}» ناقص."),
    "extra_forbidden": lambda field, _: (
        f"There is no field “{field}”.",
        f"لا يوجد حقل باسم «{field}».",
    ),
    "string_type": lambda field, _: (f"“{field}” must be a string.", f"يجب أن يكون الحقل «{field}» نصًّا."),
    "string_unicode": lambda field, _: (
        f"“{field}” contains characters that are not Unicode text.",
        f"في الحقل «{field}» محارف ليست نصًّا صالحًا.",
    ),
    "string_too_long": lambda field, context: (
        f"“{field}” is longer than {context['max_length']} characters.",
        f"الحقل «{field}» أطول من {counted(context['max_length'], CHARACTER)}.",
    ),
    "string_too_short": lambda field, _: (f"“{field}” is empty.", f"الحقل «{field}» فارغ."),
    "string_pattern_mismatch": lambda field, context: (
        f"“{field}” must match {context['pattern']}.",
        f"الحقل «{field}» لا يطابق الصيغة المطلوبة: {context['pattern']}.",
    ),
    "article_id": lambda field, _: (
        f"“{field}” must be 1 to 128 letters, digits, “.”, “_”, “~” or “-”, the first a letter or a digit.",
        f"يجب أن يتألّف «{field}» من 1 إلى 128 حرفًا أو رقمًا أو «.» أو «_» أو «~» أو «-»، وأوله حرف أو رقم.",
    ),
    "greater_than_equal": lambda field, context: (
        f"“{field}” must be at least {context['ge']}.",
        f"يجب ألّا يقلّ الحقل «{field}» عن {context['ge']}.",
    ),
    "less_than_equal": lambda field, context: (
        f"“{field}” must be at most {context['le']}.",
        f"يجب ألّا يزيد الحقل «{field}» على {context['le']}.",
    ),
    **dict.fromkeys(
        ("enum", "literal_error"),
        lambda field, context: (
            f"“{field}” must be one of {context['expected']}.",
            f"يجب أن يكون الحقل «{field}» واحدًا من: {context['expected']}.",
        ),
    ),
    "bool_type": lambda field, _: (
        f"“{field}” must be true or false.",
        f"يجب أن يكون الحقل «{field}» إمّا true وإمّا false.",
    ),
    "finite_number": lambda field, _: (
        f"“{field}” must be a finite number.",
        f"يجب أن يكون الحقل «{field}» عددًا منتهيًا.",
    ),
    "model_attributes_type": lambda _field, _context: (
        "The body must be a JSON object, sent as application/json.",
        "يجب أن يكون متن الطلب كائن JSON، ونوعه application/json.",
    ),
    "model_type": lambda _field, _context: (
        "This must be a JSON object.",
        "يجب أن يكون هذا كائن JSON.",
    ),
    "json_invalid": lambda _field, context: (
        f"The body is not JSON: {context.get('error', 'it cannot be read')}.",
        "متن الطلب ليس JSON صالحًا.",
    ),
}

_NUMBER_TYPES = {"float_type", "float_parsing", "int_type", "int_parsing"}


def complaint(error: Mapping[str, Any]) -> tuple[str | None, str, str]:
    """The invalid field and its error, in English and in Arabic.

    Args:
        error: one of the errors of a ``RequestValidationError``.
    """
    place = [str(step) for step in error["loc"][1:]]
    malformed = error["type"] == "json_invalid"
    field = None if malformed or not place else ".".join(place)
    name = field or "body"
    if error["type"] in _NUMBER_TYPES:
        return field, f"“{name}” must be a number.", f"يجب أن يكون الحقل «{name}» عددًا."
    say = _SAID.get(error["type"])
    if say is None:
        return field, f"“{name}”: {error['msg']}.", f"الحقل «{name}» غير صالح."
    return field, *say(name, dict(error.get("ctx") or {}))
