"""Links ES modules into a classic script that a publisher's page loads.

The sources are standard modules, CSS and JSON modules included. As one classic script
they need one request, and no cross-origin headers.
The modules use only the supported subset: ``import { names } from "./x.js"``, ``import name from
"./x.css|json" with {...}``, and ``export`` before a declaration; no renaming, unique top-level names, a
semicolon after every statement, no string over several lines. Comments and white space are removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rcssmin import cssmin
from rjsmin import jsmin

_IMPORT = re.compile(
    r'^import (?P<what>\w+|\{[^}]*\}) from "\./(?P<file>[\w.-]+)"(?: with \{[^}]*\})?;\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


@dataclass
class _Link:
    read: Callable[[str], str]
    done: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    """Style sheets and JSON: they compress better together, and do not depend on code."""
    code: list[str] = field(default_factory=list)

    def module(self, file: str) -> None:
        if file in self.done:
            return
        self.done.add(file)
        source = self.read(file)
        for found in _IMPORT.finditer(source):
            if found["file"].endswith(".js"):
                self.module(found["file"])
            else:
                self.datum(found["what"], found["file"])
        body = _EXPORT.sub("", _IMPORT.sub("", source))
        for name in _DECLARED.findall(body):
            self.claim(name, file)
        self.code.append(body)

    def datum(self, name: str, file: str) -> None:
        if file in self.done:
            return
        self.done.add(file)
        self.claim(name, file)
        text = self.read(file)
        if file.endswith(".json"):
            self.data.append(f"const {name} = {json.dumps(json.loads(text), ensure_ascii=False)};")
        else:
            sheet = json.dumps(cssmin(text), ensure_ascii=False)
            self.data.append(f"const {name} = new CSSStyleSheet();\n{name}.replaceSync({sheet});")

    def claim(self, name: str, file: str) -> None:
        if name in self.names:
            raise ValueError(f"{file} and {self.names[name]} both declare {name}")
        self.names[name] = file


def link(entry: str, read: Callable[[str], str]) -> str:
    """Link ``entry`` and all its imports; ``read`` returns a module's source by its file name.

    Raises:
        ValueError: two modules declare the same top-level name.
    """
    linking = _Link(read)
    linking.module(entry)
    body = "".join(linking.data + linking.code)
    # jsmin leaves line ends for code without semicolons.
    return str(jsmin(f'(() => {{"use strict";\n{body}}})();')).replace("\n", "")
