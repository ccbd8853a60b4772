"""The roles of terraform/bootstrap held against what Terraform asks for, both ways, without any cloud.

`asked.json` is what was asked in the local cloud, where the roles were tried with their policies enforced; the
integration test of the pipeline records it, and fails where it is no longer true.
"""

from __future__ import annotations

import copy
import fnmatch
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from mailroom import paths

ACCOUNT, REGION = "000000000000", "eu-west-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/mailroom-local-boundary"
VALUES = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "Environment": "local",
    "Repository": "your-org/your-repository",
    "Branch": "main",
    "Boundary": BOUNDARY,
    "StateBucket.Arn": f"arn:aws:s3:::mailroom-state-local-{ACCOUNT}-{REGION}",
    "StateKey.Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/(uuid)",
}
CONTEXT = {
    "kms:viaservice": f"s3.{REGION}.amazonaws.com",
    "aws:requesttag/project": "mailroom",
    "aws:requesttag/environment": "local",
    "aws:resourcetag/project": "mailroom",
    "aws:resourcetag/environment": "local",
    "iam:permissionsboundary": BOUNDARY,
    "iam:passedtoservice": "lambda.amazonaws.com",
    "lambda:functionarn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:mailroom-local-inbound",
}
"""The condition keys as they are when the code of this repository is applied."""

NEWER_PROVIDER = "the AWS provider 6 reads and writes a bucket's tags by S3's newer tag API"
TAGS = "AWS asks for it when a thing is made with tags, and tags that change are a call of their own"
ON_BEHALF = (
    "a service does it as the caller: DynamoDB and Lambda with the key, API Gateway with its access log"
)
IN_PLACE = "a setting changes in place that the recorded journey leaves alone"
VERSIONS = "AWS tells the removal of one version from that of an object"
UNSEEN: dict[str, dict[str, tuple[str, ...]]] = {
    "preview": {NEWER_PROVIDER: ("s3:ListTagsForResource",)},
    "plan": {NEWER_PROVIDER: ("s3:ListTagsForResource",)},
    "deploy": {
        NEWER_PROVIDER: ("s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"),
        TAGS: (
            *("athena:TagResource", "athena:UntagResource", "glue:TagResource", "glue:UntagResource"),
            *(
                "firehose:TagDeliveryStream",
                "firehose:UntagDeliveryStream",
                "mobiletargeting:UntagResource",
            ),
            *(
                "cloudwatch:TagResource",
                "cloudwatch:UntagResource",
                "dynamodb:TagResource",
                "dynamodb:UntagResource",
            ),
            *(
                "events:TagResource",
                "events:UntagResource",
                "guardduty:UntagResource",
                "iam:TagRole",
                "iam:UntagRole",
            ),
            *(
                "kms:TagResource",
                "lambda:TagResource",
                "lambda:UntagResource",
                "logs:TagResource",
                "logs:UntagResource",
            ),
            *("ses:TagResource", "ses:UntagResource", "sns:TagResource", "sns:UntagResource"),
            *("sqs:TagQueue", "sqs:UntagQueue"),
        ),
        ON_BEHALF: (
            *("kms:CreateGrant", "kms:Encrypt", "iam:CreateServiceLinkedRole"),
            *(
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
            ),
            *("logs:DescribeResourcePolicies", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
        ),
        IN_PLACE: (
            *(
                "dynamodb:UpdateTable",
                "guardduty:UpdateMalwareProtectionPlan",
                "iam:PutRolePermissionsBoundary",
            ),
            *(
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
                "kms:DisableKeyRotation",
            ),
            *(
                "kms:PutKeyPolicy",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
                "lambda:DeleteFunctionConcurrency",
            ),
            *("lambda:GetFunctionConfiguration", "lambda:PutFunctionConcurrency", "logs:AssociateKmsKey"),
            *("logs:DisassociateKmsKey", "route53:UpdateHostedZoneComment", "ses:SetReceiptRulePosition"),
            "ses:UpdateReceiptRule",
            *("firehose:StopDeliveryStreamEncryption", "glue:UpdateDatabase", "glue:UpdateTable"),
        ),
        VERSIONS: ("s3:DeleteObjectVersion",),
    },
}
"""What a role may do and was not seen to: the reason, and the actions."""

ASKED: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "asked.json").read_text())
Statement = dict[str, Any]


class Template(yaml.SafeLoader):
    """CloudFormation's YAML with its short functions worked out."""


def _sub(loader: Template, node: yaml.ScalarNode) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda found: VALUES[found[1]], str(loader.construct_scalar(node)))


def _named(loader: Template, node: yaml.ScalarNode) -> str:
    return VALUES.get(node.value, node.value)


Template.add_constructor("!Sub", _sub)
Template.add_constructor("!Ref", _named)
Template.add_constructor("!GetAtt", _named)
Template.add_constructor("!Equals", lambda loader, node: loader.construct_sequence(node))

BOOTSTRAP = (paths.TERRAFORM / "bootstrap" / "bootstrap.yaml").read_text()
RESOURCES: dict[str, Any] = yaml.load(BOOTSTRAP, Template)["Resources"]  # noqa: S506 (Template is a SafeLoader)


def statements(role: str) -> list[Statement]:
    """All statements of a role: of its managed policies, then its own."""
    properties = RESOURCES[f"{role.title()}Role"]["Properties"]
    documents = [RESOURCES[name]["Properties"]["PolicyDocument"] for name in properties["ManagedPolicyArns"]]
    documents += [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    return [copy.deepcopy(one) for document in documents for one in document["Statement"]]


def several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def refused(found: list[Statement], role: str) -> list[tuple[str, str]]:
    """What the role asked for and these statements do not allow."""
    parsed = [parse_policy_document({"Version": "2012-10-17", "Statement": found})]

    def allowed(action: str, resource: str) -> bool:
        context = EvalContext("", "AssumedRole", ACCOUNT, action, resource, REGION, service_context=CONTEXT)
        return bool(evaluate(context, parsed).decision == "Allow")

    asked = [(action, resource) for action, resources in ASKED[role].items() for resource in resources]
    return [
        (a, r) for a, r in asked if not allowed(a, r) and a != "sts:GetCallerIdentity"
    ]  # nobody needs a right to it


def permissions(role: str) -> Iterator[tuple[int, str]]:
    """Every action of every statement of a role: the statement's number, the action."""
    for number, statement in enumerate(statements(role)):
        for action in several(statement["Action"]):
            yield number, action


def without(role: str, number: int, action: str) -> list[Statement]:
    """The statements of a role, where one of them has lost an action."""
    found = statements(role)
    found[number]["Action"] = [one for one in several(found[number]["Action"]) if one != action]
    return [one for one in found if one["Action"]]


def unseen(role: str) -> set[str]:
    return {action for actions in UNSEEN[role].values() for action in actions}


@pytest.mark.parametrize("role", ASKED)
def test_a_role_may_do_what_terraform_asks_for(role: str) -> None:
    """Nothing that was recorded is refused by the policies as they are."""
    assert refused(statements(role), role) == []


@pytest.mark.parametrize(
    ("role", "number", "action"),
    [
        pytest.param(role, number, action, id=f"{role}-{statements(role)[number]['Sid']}-{action}")
        for role in ("preview", "plan")
        for number, action in permissions(role)
        if action not in unseen(role)
    ],
)
def test_a_permission_less_and_there_is_no_plan(role: str, number: int, action: str) -> None:
    """Each permission of the roles that plan is needed: without it, something that a plan asks for is refused."""
    assert refused(without(role, number, action), role) != []


@pytest.mark.parametrize("role", ASKED)
def test_a_role_may_do_no_more_without_a_reason(role: str) -> None:
    """What a role may do was seen to be used, or there is a reason; and no reason is for what is used."""
    used = [action for number, action in permissions(role) if _is_used(role, action)]
    known = {action for _, action in permissions(role)}
    assert known - set(used) - unseen(role) == set()
    assert unseen(role) - (known - set(used)) == set()


def _is_used(role: str, action: str) -> bool:
    return any(fnmatch.fnmatchcase(asked, action) for asked in ASKED[role])


@pytest.mark.parametrize("role", ["preview", "plan"])
def test_whoever_plans_only_reads(role: str) -> None:
    """Beside reading, the plan role holds the state's lock and keeps plans; the role of pull requests does nothing
    beside reading."""
    reading = re.compile(r"\w+:(Get|GET$|List|Describe|Decrypt)")
    writing = {
        (action, resource)
        for statement in statements(role)
        for action in several(statement["Action"])
        for resource in several(statement["Resource"])
        if not reading.match(action) or action == "kms:GenerateDataKey"
    }
    state = VALUES["StateBucket.Arn"]
    lock = f"{state}/mailroom/local.tfstate.tflock"
    assert writing == (
        {
            ("s3:PutObject", lock),
            ("s3:DeleteObject", lock),
            ("s3:PutObject", f"{state}/plans/local/*"),
            ("kms:GenerateDataKey", VALUES["StateKey.Arn"]),
        }
        if role == "plan"
        else set()
    )


def test_nobody_deploys_a_plan_that_the_deployer_wrote() -> None:
    """The deploy role takes plans and cannot keep any; no role may write both a plan and the state."""
    state = VALUES["StateBucket.Arn"]
    for role in ASKED:
        written = {
            resource
            for statement in statements(role)
            if "s3:PutObject" in several(statement["Action"])
            for resource in several(statement["Resource"])
        }
        assert not ({f"{state}/plans/local/*"} <= written and f"{state}/mailroom/local.tfstate" in written)
    assert f"{state}/plans/local/*" not in written


@pytest.mark.parametrize(
    "name", [name for name, one in RESOURCES.items() if one["Type"] == "AWS::IAM::ManagedPolicy"]
)
def test_a_managed_policy_fits(name: str) -> None:
    """IAM takes 6,144 characters for a managed policy, white space apart; names are up to 13 letters long."""
    document = json.dumps(RESOURCES[name]["Properties"]["PolicyDocument"], separators=(",", ":"))
    assert len(document.replace("-local", "-" + "x" * 13)) < 6144
