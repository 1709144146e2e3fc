"""A hook of MkDocs: documents may link to files of the repository, and the site has these too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(\.\./([^)#\s]+)")


def on_files(files: Files, config: Any) -> Files:
    """Add README as the first page, and every linked file outside ``docs`` under ``repository/``."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    index = re.sub(r"\]\((?!https?:)(docs/)?", lambda link: "](" if link[1] else "](../", readme)
    files.append(File.generated(config, "index.md", content=index))
    linked = set(LINK.findall(index)) | {
        target
        for page in files.documentation_pages()
        if page.abs_src_path
        for target in LINK.findall(Path(page.abs_src_path).read_text(encoding="utf-8"))
    }
    for target in sorted(linked):
        content = (ROOT / target).read_bytes()
        if target.endswith(".md"):  # its own links start elsewhere, and mean the repository
            content = re.sub(rb"\[([^\]]*)\]\((?!https?:)[^)]*\)", rb"\1", content)
        files.append(File.generated(config, f"repository/{target}", content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Have links to files of the repository lead to them on the site."""
    return LINK.sub(r"](repository/\1", markdown)
