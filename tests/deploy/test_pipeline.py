"""The pipeline from the first plan to the last destroy, each step with a session of the role that takes it in AWS.

One journey through one cloud, told by a fixture; the tests read what it saw, in any order.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from mailroom import package, paths
from mailroom.errors import MailroomError
from mailroom.pipeline import applying, basis, planning
from mailroom.pipeline.summary import Summary

RECORDED = paths.CLONE / "tests" / "unit" / "pipeline" / "asked.json"
ROLES = ("preview", "plan", "deploy")

EVERYTHING = {
    "links = {}": "links = { malware_protection = true }",
    "log_retention_days = 7\n": 'log_retention_days = 7\nalarm_emails = ["ops@mailroom.example"]\n',
    "  account = { suppress": """  addresses          = { "lab@mailroom.example" = {} }
  unused_domains     = { "unused.mailroom.example" = {} }
  dedicated_ip_pools = { slow = { scaling_mode = "STANDARD" } }
  configuration_sets = {
    inbound = {}
    news    = { pool = "slow", events = { archive = { types = ["SEND"], firehose = { stream_arn = "STREAM" } } } }
  }
  account = { vdm = {}, suppress""",
    "  # Short, so": '  notice_emails = ["notices@mailroom.example"]\n  # Short, so',
}
"""What the environment `local` has not, so that the roles are asked for all that the modules can do."""
CHANGED = {
    "ops@mailroom.example": "others@mailroom.example",
    "malware_protection = true": "malware_protection = true, throttle = { burst = 90 }",
    "retry_seconds = 1": "retry_seconds = 2, maximum_concurrency = 3",
    "maximum_receives = 4": "maximum_receives = 5",
    "    inbound = {}": "    inbound = { require_tls = false }",
    'types = ["SEND"]': 'types = ["SEND", "BOUNCE"]',
    '"STANDARD"': '"MANAGED"',
    "owns_log_role = true }": """owns_log_role = true, throttle = { burst = 90 } }
  archive = { buffer_seconds = 240, query_limit_mb = 20000 }""",
}
"""Changes in place of as many kinds of things as one file can reach without the provider's longest waits."""
ONE_FUNCTION = "-target=module.inbound[0].module.settle.aws_lambda_function.this"
ONE_MORE = {'"others@mailroom.example"': '"others@mailroom.example", "third@mailroom.example"'}
ONE_SUBSCRIPTION = "-target=module.alarms.aws_sns_topic_subscription.email"
"""One thing is enough to be refused, and this one at once: with others the provider tries for two minutes."""


@dataclass
class Seen:
    """What the journey saw."""

    first: Summary
    stale: Summary | None = None
    previewed: Summary | None = None
    refused: dict[str, str] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    unbounded: list[str] = field(default_factory=list)
    beyond: list[tuple[str, str, str]] = field(default_factory=list)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    second: Summary | None = None
    by_hand: Summary | None = None
    left: list[str] = field(default_factory=list)
    asked: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def words(action: Callable[[], Any]) -> str:
    """What a refused action is refused with."""
    with pytest.raises((MailroomError, ClientError)) as refused:
        action()
    return str(refused.value)


def beyond_the_boundary(account: Any) -> list[tuple[str, str, str]]:
    """What the policies of the roles that were made allow and their boundary does not: in AWS, a right that is
    not there."""
    iam, boundary = account.client("iam"), account.outputs["PermissionsBoundary"]
    version = iam.get_policy(PolicyArn=boundary)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=boundary, VersionId=version)["PolicyVersion"]["Document"]
    limit = [parse_policy_document(document)]
    tags = {"aws:resourcetag/project": "mailroom", "aws:resourcetag/environment": "local"}
    found = []
    for role in account.roles():
        arn = f"arn:aws:iam::000000000000:role/{role}"
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for statement in parse_policy_document(policy):
                for action, resource in product(statement.actions, statement.resources):
                    asked = EvalContext(
                        arn, "AssumedRole", "", action, resource, "eu-west-1", service_context=tags
                    )
                    if evaluate(asked, limit).decision != "Allow":
                        found.append((role, action, resource))
    return found


def first_apply(account: Any, repository: Any) -> Seen:
    """Everything is planned, by the role that may, and applied."""
    stream = account.stream()
    repository.change({before: after.replace("STREAM", stream) for before, after in EVERYTHING.items()})
    found = Seen(planning.plan(repository.environment("plan")))
    for one in account.client("s3").list_objects_v2(Bucket=account.outputs["StateBucket"], Prefix="plans/")[
        "Contents"
    ]:
        found.plans[one["Key"]] = account.client("s3").head_object(
            Bucket=account.outputs["StateBucket"], Key=one["Key"]
        )
    found.refused["preview locks"] = planning.plan(repository.environment("preview")).error
    kept = {"Bucket": account.outputs["StateBucket"], "Key": "plans/local/x/0/x.tfplan", "Body": b"x"}
    for role in ("preview", "deploy"):
        session = repository.environment(role).client("s3")
        found.refused[f"{role} keeps a plan"] = words(lambda s=session: s.put_object(**kept))
    found.applied.append(applying.apply(repository.environment("deploy"), found.first.plan).basis.commit)
    return found


def look_at_the_boundary(found: Seen, account: Any) -> None:
    """Which roles have none, and what is beyond it."""
    found.unbounded = [role for role in account.roles() if account.boundary(role) is None]
    found.beyond = beyond_the_boundary(account)


def apply_a_stale_plan(found: Seen, repository: Any, folder: Path) -> None:
    """A plan, and then somebody applies something else by hand."""
    code = repository.folder / "lambda_src" / "links" / "handler.py"
    code.write_text(code.read_text() + "\n# Another zip.\n")
    package.package(repository.folder, repository.folder / "build" / "lambda")
    repository.change(CHANGED)
    found.stale = planning.plan(repository.environment("plan"))
    found.previewed = planning.preview(repository.environment("preview"))
    by_hand = repository.environment()
    by_hand.variables.update(TF_VAR_log_level="WARN", TF_CLI_ARGS_apply=ONE_FUNCTION)
    by_hand.terraform.apply(lambda _: None)
    found.refused["stale"] = words(lambda: applying.apply(repository.environment("deploy"), found.stale.plan))
    file = folder / "plan"
    shelf = planning.shelf(repository.environment("deploy"))
    shelf.fetch(shelf.find(repository.git("rev-parse", "HEAD"), found.stale.plan), file)
    found.refused["stale, by Terraform"] = words(
        lambda: repository.environment("deploy").terraform.apply(lambda _: None, file)
    )


def apply_other_zips(found: Seen, repository: Any) -> None:
    """Planned anew; but other zips are not what was reviewed."""
    found.second = planning.plan(repository.environment("plan"))
    zipped = repository.folder / "build" / "lambda" / "links.zip"
    content = zipped.read_bytes()
    zipped.write_bytes(content + b"x")
    found.refused["other zips"] = words(
        lambda: applying.apply(repository.environment("deploy"), found.second.plan)
    )
    zipped.write_bytes(content)
    found.applied.append(applying.apply(repository.environment("deploy"), found.second.plan).basis.commit)


def change_by_hand(found: Seen, account: Any, repository: Any) -> None:
    """Something is changed by hand, and the branch is ahead of what was applied."""
    function = repository.environment().output("links_function_name")
    account.client("lambda").update_function_configuration(FunctionName=function, Timeout=7)
    repository.change(ONE_MORE)
    found.by_hand = planning.look_for_drift(repository.environment("plan"))
    planner = repository.environment("plan")
    planner.variables.update(TF_CLI_ARGS_apply=ONE_SUBSCRIPTION)
    found.refused["plan applies"] = words(lambda: planner.terraform.apply(lambda _: None))
    state = {"Bucket": account.outputs["StateBucket"], "Key": "mailroom/local.tfstate", "Body": b"{}"}
    for role in ("preview", "plan"):
        session = repository.environment(role).client("s3")
        found.refused[f"{role} writes the state"] = words(lambda s=session: s.put_object(**state))


@pytest.fixture(scope="module")
def seen(account: Any, repository: Any, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    found = first_apply(account, repository)
    look_at_the_boundary(found, account)
    apply_a_stale_plan(found, repository, tmp_path_factory.mktemp("stale"))
    apply_other_zips(found, repository)
    change_by_hand(found, account, repository)
    repository.environment("deploy").terraform.destroy(lambda _: None)
    found.left = repository.environment().terraform.state()["resources"]
    found.asked = {role: account.asked(role) for role in ROLES}
    found.applied.append(planning.shelf(repository.environment()).applied())
    if os.environ.get("MAILROOM_RECORD"):
        RECORDED.write_text(json.dumps(found.asked, indent=1) + "\n")
    return found


def test_the_plan_role_plans_everything_and_keeps_the_plan(seen: Seen) -> None:
    """A first plan only creates; it is kept twice, as plan and record, under commit and serial, with the state's
    key."""
    assert set(seen.first.counts()) == {"create"}
    assert seen.first.counts()["create"] > 80
    kept = f"plans/local/{seen.first.commit}/0/{seen.first.plan}"
    assert set(seen.plans) == {f"{kept}.json", f"{kept}.tfplan"}
    assert {one["ServerSideEncryption"] for one in seen.plans.values()} == {"aws:kms"}


def test_a_pull_request_sees_the_same_and_writes_nothing(seen: Seen) -> None:
    """The preview shows what the plan shows; its role has asked for nothing but reading, and cannot keep a plan
    for others to apply."""
    assert seen.stale is not None
    assert seen.stale.differs
    assert seen.previewed == replace(seen.stale, plan="")
    for what in ("preview locks", "preview keeps a plan", "deploy keeps a plan"):
        assert "not authorized to perform: s3:PutObject" in " ".join(seen.refused[what].split())
    assert all(
        action.split(":")[1].startswith(("Get", "GET", "List", "Describe", "Decrypt"))
        for action in seen.asked["preview"]
    )


def test_the_deploy_role_applies_what_the_plan_said(seen: Seen) -> None:
    """Both kept plans were applied, each at its commit. (That nothing differs then is what drift says, below.)"""
    assert seen.applied[0] == seen.first.commit
    assert seen.second is not None
    assert seen.applied[1:] == [seen.second.commit, seen.second.commit]
    assert {"change"} <= set(seen.second.counts())


def test_a_stale_plan_is_not_applied(seen: Seen) -> None:
    """The state has moved on: refused with both serials, the commit and the way on; by Terraform as well."""
    assert "The state has moved on from serial" in seen.refused["stale"]
    assert "what was reviewed is not what would happen" in seen.refused["stale"]
    assert "Saved plan is stale" in seen.refused["stale, by Terraform"]


def test_other_zips_are_not_applied(seen: Seen) -> None:
    """The functions' code was part of what was reviewed."""
    assert "links.zip" in seen.refused["other zips"]


def test_drift_is_what_was_changed_by_hand_and_no_more(seen: Seen) -> None:
    """After an apply nothing differs but what was changed by hand since; a branch that is ahead of what was applied
    is no drift."""
    assert seen.by_hand is not None
    (change,) = seen.by_hand.changes
    assert change.address == "module.links[0].module.function.aws_lambda_function.this"
    assert "timeout" in change.attributes


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("plan applies", "sns:Subscribe"),
        ("preview writes the state", "s3:PutObject"),
        ("plan writes the state", "s3:PutObject"),
    ],
)
def test_whoever_plans_cannot_apply(seen: Seen, who: str, action: str) -> None:
    """IAM refuses the plan role's apply, and a state written by it or by a pull request."""
    assert f"not authorized to perform: {action}" in seen.refused[who]


def test_every_role_is_bounded_and_needs_no_more_than_its_boundary(seen: Seen) -> None:
    """The deploy role makes no role without the boundary, and no function's policy has a right that the boundary
    takes from it."""
    assert seen.unbounded == []
    assert seen.beyond == []


def test_the_deploy_role_takes_it_all_down(seen: Seen) -> None:
    """Where data is not retained, the role that made everything can remove everything."""
    assert seen.left == []


@pytest.mark.parametrize("role", ROLES)
def test_what_the_roles_ask_for_is_what_is_recorded(seen: Seen, role: str) -> None:
    """tests/unit/pipeline/asked.json, which the policies are held against, is what Terraform asks for today. To
    record anew: MAILROOM_RECORD=1 make test-deploy"""
    recorded = json.loads(RECORDED.read_text())[role]
    assert seen.asked[role] == recorded


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("claims", "may"),
    [
        ({"sub": "pull_request", "ref": "refs/pull/7/merge"}, "preview"),
        ({"sub": "ref:refs/heads/main", "ref": "refs/heads/main"}, "plan"),
        ({"sub": "ref:refs/heads/other", "ref": "refs/heads/other"}, ""),
        ({"sub": "environment:local", "ref": "refs/heads/main"}, "deploy"),
        ({"sub": "environment:local", "ref": "refs/heads/other"}, ""),
        ({"sub": "environment:other", "ref": "refs/heads/main"}, ""),
        ({"sub": "ref:refs/tags/v1", "ref": "refs/tags/v1"}, ""),
    ],
)
def test_who_may_take_which_role(account: Any, role: str, claims: dict[str, str], may: str) -> None:
    """Pull requests get the preview role, the protected branch the plan role, and only jobs of the environment that
    run for the protected branch the deploy role; another repository gets none."""
    for repository in ("your-org/your-repository", "somebody/else"):
        given = {**claims, "sub": f"repo:{repository}:{claims['sub']}"}
        if repository == "your-org/your-repository" and role == may:
            assert account.session(role, **given)["AWS_SESSION_TOKEN"]
        else:
            with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
                account.session(role, **given)


def test_a_checkout_knows_its_commit(repository: Any) -> None:
    """The commit that a plan is kept under is the one that is checked out."""
    assert basis.commit_of(repository.folder / "terraform") == repository.git("rev-parse", "HEAD")
