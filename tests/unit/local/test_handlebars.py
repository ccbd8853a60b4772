"""The template language, held to handlebars.js: its answers are recorded in handlebars/cases.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailroom.local.engine.handlebars import MissingAttribute, RenderError, TemplateError, parse, render

CASES = json.loads((Path(__file__).parent / "handlebars" / "cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_template_renders_as_handlebars_js_renders_it(case: dict[str, Any]) -> None:
    """The same text, white space included; and where handlebars.js refuses, so do we."""
    if "error" in case:
        with pytest.raises((TemplateError, RenderError)):
            render(parse(case["template"]), case["data"])
    else:
        assert render(parse(case["template"]), case["data"]) == case["text"]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{#if greeted}}Hello{{/if}} {{name}}", "name"),
        ("{{contact.firstName}}", "contact.firstName"),
        ("{{#each list}}{{price}}{{/each}}", "price"),
        ("{{this.name}}", "this.name"),
        ("{{@index}}", "@index"),
    ],
)
def test_what_is_missing_is_named_as_the_template_names_it(template: str, name: str) -> None:
    """SES's own words for it: they are in the Rendering Failure event."""
    with pytest.raises(MissingAttribute) as caught:
        render(parse(template), {"list": [{}]})
    assert str(caught.value) == f"Attribute '{name}' is not present in the rendering data."


def test_a_path_that_ends_early_is_false_for_a_helper() -> None:
    """What a condition asks about may be missing at any depth (handlebars.js' strict mode throws there)."""
    assert render(parse("{{#if a.b.c}}1{{else}}0{{/if}}"), {}) == "0"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{#> layout}}x{{/layout}}", "not supported"),
        ("{{{{raw}}}}x{{{{/raw}}}}", "not supported"),
        ("one\ntwo {{", "line 2"),
        ("{{#if}}x{{/if}}", "exactly one argument"),
        ("{{lookup a b", "no end"),
        ("{{#if a}}" * 2000, "too deeply"),
        ('{{#* twig "x"}}{{/twig}}', "inline"),
    ],
)
def test_what_cannot_be_read_says_why(template: str, words: str) -> None:
    """A broken template names the place or the part that is wrong."""
    with pytest.raises((TemplateError, RenderError), match=words):
        render(parse(template), {"a": 1})


@pytest.mark.parametrize(
    "template",
    [
        '{{#* inline "p"}}{{> p}}{{/inline}}{{> p}}',
        "{{#each l}}{{#each @root.l}}{{#each @root.l}}x{{/each}}{{/each}}{{/each}}",
    ],
    ids=["calls itself", "a loop in a loop in a loop"],
)
def test_no_template_renders_without_end(template: str) -> None:
    """A template that calls itself, or loops too often, ends with an error."""
    with pytest.raises(RenderError):
        render(parse(template), {"l": list(range(200))})
