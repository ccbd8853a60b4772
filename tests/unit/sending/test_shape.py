"""What the Terraform of `sending` must keep to, read from its code."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom import paths
from mailroom.docs import blocks

MODULE = paths.TERRAFORM / "modules" / "sending"
FILES = sorted(paths.TERRAFORM.rglob("*.tf"))

# From the module's own context and from the root's zone, not from the environment's file.
NOT_IN_FILE = {"context", "route53_zone"}


def kinds(text: str) -> str:
    """A type without its defaults and spaces: `optional(number, 2048)` and `optional(number)` are one."""
    text, out, depth = re.sub(r"\s+", "", text), "", 0
    opened: list[int] = []  # the depths at which an optional( began and had its comma
    skipping: list[int] = []
    for index, letter in enumerate(text):
        if letter in "({[":
            depth += 1
            if text[:index].endswith("optional"):
                opened.append(depth)
        if letter == "," and opened and depth == opened[-1] and not skipping:
            skipping.append(depth)
        if letter in ")}]":
            if skipping and depth == skipping[-1]:
                skipping.pop()
            if opened and depth == opened[-1]:
                opened.pop()
            depth -= 1
        if not skipping:
            out += letter
    return out


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("optional(number, 2048)", "optional(number)"),
        ('optional(set(string), ["A", "B"])', "optional(set(string))"),
        ('optional(map(object({a = optional(string, "x")})), { e = {} })',
         "optional(map(object({a=optional(string)})))"),
        ("object({a = string, b = optional(bool, true)})", "object({a=string,b=optional(bool)})"),
    ],
)  # fmt: skip
def test_types_are_compared_without_their_defaults(text: str, plain: str) -> None:
    """The helper of the test below."""
    assert kinds(text) == plain


def members(text: str) -> dict[str, str]:
    """The members of `object({…})`, each with its type."""
    inside, found, depth, start = text.removeprefix("object({").removesuffix("})"), {}, 0, 0
    for index, letter in enumerate(f"{inside},"):
        depth += (letter in "({[") - (letter in ")}]")
        if letter == "," and depth == 0:
            name, _, kind = inside[start:index].partition("=")
            found[name] = kind
            start = index + 1
    return found


def type_of(variable: dict[str, Any]) -> str:
    """A variable's type as python-hcl2 reads it, without defaults."""
    return kinds(re.sub(r"^\$\{(.*)\}$", r"\1", str(variable["type"]), flags=re.DOTALL))


def test_the_root_takes_and_hands_on_all_that_the_module_knows() -> None:
    """Terraform drops a member that a type does not have without a word: the two types must be one."""
    root = members(type_of(blocks(paths.TERRAFORM, "variable")["sending"]))
    own = {
        name: type_of(body) for name, body in blocks(MODULE, "variable").items() if name not in NOT_IN_FILE
    }
    assert {name: re.sub(r"^optional\((.*)\)$", r"\1", kind) for name, kind in root.items()} == own
    main = (paths.TERRAFORM / "main.tf").read_text()
    handed_on = set(re.findall(r"^\s*(\w+)\s*=\s*var\.sending\.\1$", main, re.MULTILINE))
    assert handed_on == set(own)


def test_a_domains_own_settings_are_those_of_all_domains() -> None:
    """What can be said for all domains can be said for one, and the other way round."""
    variables = blocks(MODULE, "variable")
    inside = type_of(variables["domains"])
    for name in ("mail_from", "dkim", "dmarc"):
        assert f"{name}=optional({type_of(variables[name])})" in inside, name


def test_no_user_and_no_access_key_is_made() -> None:
    """Nobody asked for one: functions send with their role, SMTP credentials are a command's."""
    made = {
        kind
        for file in FILES
        for kind in re.findall(r'^\s*(?:resource|ephemeral)\s+"(\w+)"', file.read_text(), re.MULTILINE)
    }
    assert made  # it looks at something
    kinds_of_secrets = ("iam_user", "iam_access_key", "iam_service_specific_credential", "iam_group")
    assert [kind for kind in sorted(made) if any(word in kind for word in kinds_of_secrets)] == []


def test_no_private_key_is_given_to_terraform() -> None:
    """It would stay in the state: SES gets it by `mailroom sending byodkim`."""
    assert [file.name for file in FILES if "domain_signing_private_key" in file.read_text()] == []


def test_the_regions_are_those_that_aws_names() -> None:
    """botocore's list of SES endpoints; where this fails, AWS has added one: add it to the module too."""
    text = (MODULE / "variables.tf").read_text()
    found = re.search(r"sending_regions = \[(.*?)\]", text, re.DOTALL)
    assert found
    session = boto3.Session()
    named = {
        region
        for partition in ("aws", "aws-us-gov")
        for region in session.get_available_regions("sesv2", partition_name=partition)
    }
    assert set(json.loads(f"[{found[1].strip().removesuffix(',')}]")) == named


def test_regions_with_a_dkim_domain_of_their_own_send() -> None:
    """The second list is part of the first."""
    text = (MODULE / "variables.tf").read_text() + (MODULE / "dns.tf").read_text()
    lists = [
        set(re.findall(r'"([a-z0-9-]+)"', found[1]))
        for found in re.finditer(r"(?:sending_regions|own_dkim_domain_regions) = \[(.*?)\]", text, re.DOTALL)
    ]
    assert len(lists) == 2
    assert lists[1] < lists[0]


def test_every_module_file_is_read() -> None:
    """The tests above are worth nothing on an empty list."""
    assert {Path("modules/sending/main.tf"), Path("main.tf")} <= {
        file.relative_to(paths.TERRAFORM) for file in FILES
    }
