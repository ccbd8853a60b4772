"""What leaves the job that planned: no value, no secret, no more than GitHub takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailroom.pipeline import hide, markdown
from mailroom.pipeline.summary import Change, Summary, changes_of, read

SECRET = "hunter2-and-more"


def resource(actions: list[str], **more: Any) -> dict[str, Any]:
    change = {"actions": actions, "before": None, "after": None, **more.pop("change", {})}
    return {"address": "aws_sqs_queue.a", "change": change, **more}


@pytest.mark.parametrize(
    ("found", "change"),
    [
        (resource(["no-op"]), None),
        (resource(["read"]), None),
        (resource(["create"], change={"after": {"policy": SECRET}}), Change("aws_sqs_queue.a", "create")),
        (
            resource(["update"], change={"before": {"a": 1, "b": SECRET}, "after": {"a": 1, "b": "x"}, "after_unknown": {"c": True}}),
            Change("aws_sqs_queue.a", "change", ("b", "c")),
        ),
        (resource(["delete", "create"], change={"before": {"a": 1}, "after": {"a": 2}}), Change("aws_sqs_queue.a", "replace", ("a",))),
        (resource(["create", "delete"]), Change("aws_sqs_queue.a", "replace")),
        (resource(["delete"]), Change("aws_sqs_queue.a", "destroy")),
        (resource(["forget"]), Change("aws_sqs_queue.a", "forget")),
        (resource(["no-op"], change={"importing": {"id": "x"}}), Change("aws_sqs_queue.a", "import")),
        (resource(["no-op"], previous_address="aws_sqs_queue.b"), Change("aws_sqs_queue.a", "move")),
    ],
)  # fmt: skip
def test_a_change_is_an_address_an_action_and_names(found: dict[str, Any], change: Change | None) -> None:
    """Of Terraform's JSON only addresses, actions and names of attributes are kept."""
    assert changes_of({"resource_changes": [found]}) == (() if change is None else (change,))


def test_no_value_is_in_a_summary(tmp_path: Path) -> None:
    """A value of a resource or an output is nowhere in the file that leaves the job."""
    plan = {
        "resource_changes": [resource(["update"], change={"before": {"a": SECRET}, "after": {"a": SECRET + "2"}})],
        "output_changes": {"url": {"actions": ["update"], "before": SECRET, "after": "x"}},
    }  # fmt: skip
    summary = Summary("dev", "c" * 40, True, changes_of(plan))
    summary.write(tmp_path)
    assert SECRET not in (tmp_path / "dev.json").read_text()
    assert [change.address for change in summary.changes] == ["aws_sqs_queue.a", "output.url"]
    assert read(tmp_path, ["dev"]) == [summary]


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (Summary("dev", ""), "no changes"),
        (Summary("dev", "", True, (Change("output.a", "change"),)), "only outputs change"),
        (Summary("dev", "", True, (Change("b", "destroy"), Change("a", "create"), Change("c", "create"))), "2 to create, 1 to destroy"),
        (Summary("dev", "", error="x"), "could not be planned"),
    ],
)  # fmt: skip
def test_a_plan_in_a_line(summary: Summary, words: str) -> None:
    """A reviewer sees first what is created and what is destroyed."""
    assert summary.in_words() == words


@pytest.mark.parametrize(
    "text",
    [
        "key AKIAIOSFODNN7EXAMPLE in a description",
        "ASIAIOSFODNN7EXAMPLE",
        "token ghp_" + "a" * 36,
        "github_pat_" + "a" * 30,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE, cut off",
        '      + master_password = "hunter2"',
        '      ~ "db_secret" = "old" -> "new"',
        '  + smtp_password     = "hunter2" # forces replacement',
        "  + password = <<-EOT\n        hunter2\n    EOT # forces replacement",
        "  ~ api_key = <<-EOT\n      - old\n      + hunter2\n    EOT",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    """Keys, tokens and values with a secret's name go, even where Terraform does not know that they are secret."""
    hidden = hide.secrets(f"before\n{text}\nafter")
    for word in ("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "MIIE", "hunter2", "old", "a" * 30):
        assert word not in hidden
    assert hide.HIDDEN in hidden
    assert hidden.startswith("before\n")
    assert hidden.endswith("\nafter") is ("cut off" not in text)


@pytest.mark.parametrize(
    "text",
    [
        "      ~ password = (sensitive value)",
        "      + secret_key = (known after apply)",
        "      ~ password = (sensitive value) -> (sensitive value)",
        '      + secret_arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:x"',
        '      + route_key = "GET /{token}"',
        "      + enable_secret_rotation = true",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    """Terraform's own masks stay as they are, and names that only sound alike are shown."""
    assert hide.secrets(text) == text


@pytest.mark.parametrize("changes", [0, 5, 5000])
@pytest.mark.parametrize("characters", [10, 50_000, 500_000])
@pytest.mark.parametrize("environments", [1, 3])
def test_a_comment_fits_and_says_where_the_rest_is(changes: int, characters: int, environments: int) -> None:
    """However large the plans, the comment has at most GitHub's 65,536 characters, and what is cut has a pointer."""
    listed = tuple(Change(f"module.links[0].aws_sqs_queue.q{n}", "create") for n in range(changes))
    lines = "+ resource\n" * (characters // 11)
    plans = [Summary(f"env{n}", "c" * 40, True, listed, text=lines or "x") for n in range(environments)]
    text = markdown.document("heading", plans, "https://run.example")
    assert len(text) <= markdown.COMMENT_CHARACTERS
    assert text.count("<details>") == text.count("</details>") == environments
    assert ("Cut here" in text) == (characters * environments > 60_000)
    if changes > markdown.LONGEST_LIST:
        assert f"{changes - markdown.LONGEST_LIST} more: [the run](https://run.example)" in text


def test_a_plan_cannot_break_out_of_its_place() -> None:
    """Backticks in a plan close no fence; a name ends no line, calls nobody and brings no HTML and no picture."""
    hostile = Change("x`\n@everyone <img src=y>", "create", ("`![a](https://a.example)",))
    text = markdown.document("h", [Summary("dev", "", True, (hostile,), text="```\n@everyone\n````")], "run")
    assert "\n`````\n```\n@everyone\n````\n`````\n" in text
    assert "<img" not in text
    assert "- create `x'''everyone 'img src=y'`: `'![a](https://a.example)`" in text
