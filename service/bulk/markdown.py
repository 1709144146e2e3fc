"""Markdown → HTML, for the extraction to find the article in."""

from __future__ import annotations

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from service.api.schemas.articles import ArticleIn

_PARSER = MarkdownIt("gfm-like", {"linkify": False}).use(front_matter_plugin)
_FIELDS = ("title", "author")


def article(markdown: str) -> ArticleIn:
    """A Markdown file as an article; its title and author may stand in YAML front matter.

    Raises:
        pydantic.ValidationError: a title or author that is none.
    """
    tokens = _PARSER.parse(markdown)
    told = _front_matter(tokens[0].content) if tokens and tokens[0].type == "front_matter" else {}
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return ArticleIn.model_validate({"html": html, **told})


def _front_matter(content: str) -> dict[str, str]:
    """The fields of an article in what stands between the dashes; what is not YAML tells nothing."""
    try:
        told = yaml.safe_load(content)
    except yaml.YAMLError:
        return {}
    fields = told if isinstance(told, dict) else {}
    return {name: fields[name] for name in _FIELDS if isinstance(fields.get(name), str)}
