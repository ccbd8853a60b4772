"""Malware protection plans: kept as AWS keeps them, and scanned by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.local.engine.guardduty.scanning import TAG, threatens
from mailroom.local.engine.scan import EICAR

Client = Callable[..., Any]
ROLE = "arn:aws:iam::000000000000:role/scan"


def plan(client: Client, bucket: str = "files", prefixes: tuple[str, ...] = (), **more: Any) -> str:
    s3 = {"BucketName": bucket, **({"ObjectPrefixes": list(prefixes)} if prefixes else {})}
    made = client("guardduty").create_malware_protection_plan(
        **{
            "Role": ROLE,
            "ProtectedResource": {"S3Bucket": s3},
            "Actions": {"Tagging": {"Status": "ENABLED"}},
            **more,
        }
    )
    return str(made["MalwareProtectionPlanId"])


def test_a_plan_comes_back_as_it_was_put(client: Client) -> None:
    """Made, read, changed, tagged, listed, deleted, gone."""
    guardduty = client("guardduty")
    made = plan(client, prefixes=("a/", "b/"), Tags={"k": "v"})
    read = guardduty.get_malware_protection_plan(MalwareProtectionPlanId=made)
    arn = f"arn:aws:guardduty:eu-west-1:000000000000:malware-protection-plan/{made}"
    assert (read["Arn"], read["Role"], read["Status"], read["Tags"]) == (arn, ROLE, "ACTIVE", {"k": "v"})
    assert read["ProtectedResource"]["S3Bucket"] == {"BucketName": "files", "ObjectPrefixes": ["a/", "b/"]}
    guardduty.update_malware_protection_plan(
        MalwareProtectionPlanId=made,
        ProtectedResource={"S3Bucket": {"ObjectPrefixes": ["c/"]}},
        Actions={"Tagging": {"Status": "DISABLED"}},
    )
    guardduty.tag_resource(ResourceArn=arn, Tags={"l": "w"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["k"])
    read = guardduty.get_malware_protection_plan(MalwareProtectionPlanId=made)
    assert read["ProtectedResource"]["S3Bucket"] == {"BucketName": "files", "ObjectPrefixes": ["c/"]}
    assert read["Actions"]["Tagging"]["Status"] == "DISABLED"
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"l": "w"}
    assert guardduty.list_malware_protection_plans()["MalwareProtectionPlans"] == [
        {"MalwareProtectionPlanId": made}
    ]
    guardduty.delete_malware_protection_plan(MalwareProtectionPlanId=made)
    with pytest.raises(guardduty.exceptions.ResourceNotFoundException):
        guardduty.get_malware_protection_plan(MalwareProtectionPlanId=made)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Role": "arn:aws:iam::000000000000:role/other"}, "BadRequestException"),
        ({"prefixes": tuple("abcdef")}, "BadRequestException"),
        ({"bucket": "files"}, "ConflictException"),
    ],
)
def test_what_aws_refuses_is_refused(more: dict[str, Any], code: str, client: Client) -> None:
    """A role that GuardDuty cannot assume, too many prefixes, a second plan for a bucket."""
    plan(client)
    with pytest.raises(ClientError) as caught:
        plan(client, **{"bucket": "another", **more})
    assert caught.value.response["Error"]["Code"] == code


def test_whoever_makes_a_plan_passes_its_role(client: Client, backend: Any) -> None:
    """IAM is asked for the action and for iam:PassRole to GuardDuty's malware protection."""
    backend.denied.add("iam:PassRole")
    with pytest.raises(ClientError, match=r"iam:PassRole on resource: .*role/scan"):
        plan(client)
    assert [one[0] for one in backend.asked] == ["guardduty:CreateMalwareProtectionPlan", "iam:PassRole"]


def test_tags_are_conditions(client: Client, backend: Any) -> None:
    """A new plan's tags are a right of their own, and a condition; later the plan's own tags are."""
    made = plan(client, Tags={"project": "mailroom"})
    (_, _, asked), (action, _, tagged), _ = backend.asked
    assert asked == tagged == {"aws:RequestTag/project": "mailroom"}
    assert action == "guardduty:TagResource"
    client("guardduty").get_malware_protection_plan(MalwareProtectionPlanId=made)
    assert backend.asked[-1][2] == {"aws:ResourceTag/project": "mailroom"}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ([b"hello"], "NO_THREATS_FOUND"),
        ([], "NO_THREATS_FOUND"),
        ([b"MZ", EICAR, b"tail"], "THREATS_FOUND"),
        ([b"x" * 1000 + EICAR[:30], EICAR[30:]], "THREATS_FOUND"),
    ],
)
def test_a_new_object_is_tagged_with_what_was_found(
    content: list[bytes], status: str, client: Client, backend: Any, buckets: Any
) -> None:
    """By the version that was written."""
    plan(client)
    buckets.objects["k"] = content
    backend.created("files", "k", "v1")
    assert buckets.tags == {("k", "v1"): (TAG, status)}


def test_only_what_a_plan_covers_is_scanned(client: Client, backend: Any, buckets: Any) -> None:
    """Other prefixes, other buckets, and plans that do not tag leave objects as they are."""
    plan(client, prefixes=("in/", "also/"))
    plan(client, "silent", Actions={"Tagging": {"Status": "DISABLED"}})
    for key in ("in/a", "also/b", "out/c"):
        buckets.objects[key] = [b""]
    for bucket, key in (("files", "in/a"), ("files", "also/b"), ("files", "out/c"), ("other", "in/a")):
        backend.created(bucket, key, None)
    backend.created("silent", "in/a", "v")
    assert set(buckets.tags) == {("in/a", None), ("also/b", None)}


def test_what_the_role_may_not_read_is_said_to_be_so(client: Client, backend: Any, buckets: Any) -> None:
    """ACCESS_DENIED, as GuardDuty tags it; a role that may not tag leaves no tag."""
    plan(client)
    buckets.closed.add("read")
    backend.created("files", "k", None)
    assert buckets.tags == {("k", None): (TAG, "ACCESS_DENIED")}
    buckets.closed.add("tag")
    backend.created("files", "l", None)
    assert set(buckets.tags) == {("k", None)}


def test_the_string_is_found_wherever_pieces_are_cut() -> None:
    """Not one cut hides it."""
    for at in range(len(EICAR) + 1):
        assert threatens([b"a" * 500, EICAR[:at], EICAR[at:], b"b" * 500])
