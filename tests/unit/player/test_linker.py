"""The linker joins standard modules into one classic script that means the same."""

import subprocess

import pytest

from service.player.linker import link


@pytest.fixture
def run(program):
    """Runs modules as the one script that comes of them."""

    def run(modules: dict[str, str]) -> str:
        script = link("main.js", modules.__getitem__)
        done = subprocess.run([program("node"), "-e", script], capture_output=True, text=True, check=True)
        return done.stdout

    return run


def test_imports_become_one_scope_and_each_module_runs_once(run):
    modules = {
        "main.js": 'import { a } from "./a.js";\nimport { b } from "./b.js";\nconsole.log(a + b());\n',
        "a.js": 'console.log("once");\nexport const a = 1;\n',
        "b.js": 'import { a } from "./a.js";\nexport function b() {\n  return a + 1;\n}\n',
    }
    assert run(modules) == "once\n3\n"


def test_json_modules_keep_arabic_and_quotes(run):
    modules = {
        "main.js": 'import words from "./w.json" with { type: "json" };\nconsole.log(words.x);\n',
        "w.json": '{"x": "قال: \\"نعم\\"، ومضى"}',
    }
    assert run(modules) == 'قال: "نعم"، ومضى\n'


def test_white_space_and_comments_go_and_strings_stay(run):
    modules = {
        "main.js": (
            "// What it is.\n"
            "/**\n * Told at length.\n */\n"
            'const s = "a  =  b // c { d }"; // beside\n'
            "const t = `x ? ${s.length > 3 ? s : 1} : y`;\n"
            "const n = 1 - -1 + +2;\n"
            "console.log(s, t, n);\n"
        )
    }
    script = link("main.js", modules.__getitem__)
    assert "Told" not in script
    assert "beside" not in script
    assert run(modules) == "a  =  b // c { d } x ? a  =  b // c { d } : y 4\n"


def test_style_sheets_become_constructed_ones_without_needless_space():
    modules = {
        "main.js": 'import look from "./l.css" with { type: "css" };\n',
        "l.css": "a b,\nc:hover > i {\n  color: red; /* why */\n  margin: 0 auto;\n}\n",
    }
    assert '"a b,c:hover>i{color:red;margin:0 auto}"' in link("main.js", modules.__getitem__)


def test_two_modules_with_one_name_are_refused():
    modules = {
        "main.js": 'import { a } from "./a.js";\nconst b = 1;\n',
        "a.js": "const b = 2;\nexport const a = b;\n",
    }
    with pytest.raises(ValueError, match="both declare b"):
        link("main.js", modules.__getitem__)
