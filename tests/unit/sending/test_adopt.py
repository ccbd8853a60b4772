"""Taking over what is there: imported or moved, never made anew; what would be lost is refused."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hcl2
import pytest
from botocore.exceptions import ClientError

from mailroom.errors import MailroomError
from mailroom.sending.adopt import adopt
from mailroom.sending.import_blocks import Place, text

IDENTITY = "aws_sesv2_email_identity"
MAIL_FROM = "aws_sesv2_email_identity_mail_from_attributes"
DESTINATION = "aws_sesv2_configuration_set_event_destination"
SET = "aws_sesv2_configuration_set"
RECORD = "aws_route53_record"


def change(kind: str, key: str, actions: str, **values: Any) -> dict[str, Any]:
    """A resource's change as `terraform show -json` has it; `values` are those after, or before a delete."""
    done = {"actions": actions.split("/"), "before": None, "after": None, "after_unknown": {}}
    done["before" if actions == "delete" else "after"] = values
    address = f"module.sending[0].{kind}.this" + (f'["{key}"]' if key else "")
    return {"address": address, "type": kind, "index": key, "change": done}


def imported(kind: str, key: str, id_: str, before: dict[str, Any], **after: Any) -> dict[str, Any]:
    """The change of a thing that is imported."""
    made = change(kind, key, "update" if after else "no-op", **{**before, **after})
    made["change"].update(before=before, importing={"id": id_})
    return made


def identity(domain: str, actions: str = "create") -> dict[str, Any]:
    return change(IDENTITY, domain, actions, email_identity=domain)


def record(key: str, name: str, actions: str = "create") -> dict[str, Any]:
    return change(RECORD, key, actions, zone_id="Z1", name=name, type="TXT")


class FakeAws:
    """SES v2 and Route 53 that have these things, and remember nothing."""

    def __init__(self, *there: str) -> None:
        self.there = set(there)

    def _or_not_found(self, name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name not in self.there:
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": ""}}, "Get")
        return answer

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
        mail_from = {"MailFromDomain": "b"} if f"mail-from {EmailIdentity}" in self.there else {}
        return self._or_not_found(EmailIdentity, {"MailFromAttributes": mail_from})

    def get_configuration_set(self, ConfigurationSetName: str) -> dict[str, Any]:
        return self._or_not_found(ConfigurationSetName, {})

    def get_configuration_set_event_destinations(self, ConfigurationSetName: str) -> dict[str, Any]:
        names = [name.partition("|")[2] for name in self.there if name.startswith(f"{ConfigurationSetName}|")]
        return self._or_not_found(ConfigurationSetName, {"EventDestinations": [{"Name": n} for n in names]})

    def get_dedicated_ip_pool(self, PoolName: str) -> dict[str, Any]:
        return self._or_not_found(PoolName, {})

    def list_resource_record_sets(self, StartRecordName: str, StartRecordType: str, **_: Any) -> dict:
        """The first record at or after a name, as Route 53 answers: often another one."""
        sets = sorted(tuple(name.split(" ")) for name in self.there if " " in name)
        later = [one for one in sets if one >= (f"{StartRecordName}.", StartRecordType)][:1]
        return {"ResourceRecordSets": [{"Name": name, "Type": kind} for name, kind in later]}

    def get_paginator(self, _: str) -> Any:
        zones = [
            {"Name": name, "Id": f"/hostedzone/Z-{kind}", "Config": {"PrivateZone": kind == "private"}}
            for name, kind in (("example.net.", "public"), ("example.com.", "private"))
        ]
        return SimpleNamespace(paginate=lambda: [{"HostedZones": zones}])


class World:
    """An environment whose Terraform answers one prepared plan after another; the last one again and again."""

    def __init__(self, root: Path, plans: list[list[dict[str, Any]]], aws: FakeAws) -> None:
        self.plans, self.file = plans, root / "adopt-dev.tf"
        self.planned_with: list[str] = []
        self.environment: Any = SimpleNamespace(
            name="dev", terraform=SimpleNamespace(root=root, changes=self.changes), client=lambda _: aws
        )

    def changes(self) -> list[dict[str, Any]]:
        self.planned_with.append(self.file.read_text() if self.file.exists() else "")
        return self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]

    def blocks(self) -> tuple[dict[str, str], dict[str, str]]:
        """What the written file imports (address: id) and moves (old: new)."""
        said = hcl2.loads(self.file.read_text())
        imports = {}
        for block in said.get("import", []):
            entries = block["for_each"].partition(" in {")[2].partition("}")[0]
            for line in filter(None, map(str.strip, entries.replace(",", "\n").splitlines())):
                key, _, id_ = (part.strip().strip('"') for part in line.partition("="))
                imports[str(block["to"]).strip("${}").replace("each.key", f'"{key}"')] = id_
        plain = {str(one["from"]).strip("${}"): str(one["to"]).strip("${}") for one in said.get("moved", [])}
        return imports, plain


def test_what_is_there_is_imported_and_what_is_not_is_made(tmp_path: Path) -> None:
    """Each kind of thing by the id that the provider wants; what is not there stays to be created."""
    plan = [
        identity("mail.example.com"),
        identity("new.example.com"),
        change(MAIL_FROM, "mail.example.com", "create", email_identity="mail.example.com"),
        change(SET, "news", "create", configuration_set_name="theirs"),
        change(
            DESTINATION, "news/all", "create",
            configuration_set_name="theirs", event_destination_name="all",
        ),
        change("aws_sesv2_dedicated_ip_pool", "slow", "create", pool_name="slow"),
        record("mail.example.com/dmarc", "_dmarc.mail.example.com"),
        record("new.example.com/dmarc", "_dmarc.new.example.com"),
    ]  # fmt: skip
    aws = FakeAws(
        "mail.example.com", "mail-from mail.example.com", "theirs", "theirs|all", "slow",
        "_dmarc.mail.example.com. TXT", "_dmarc.other.example.com. TXT",
    )  # fmt: skip
    world = World(tmp_path, [plan, []], aws)
    adopt(world.environment)
    sending = "module.sending[0]."
    assert world.blocks() == (
        {
            f'{sending}{IDENTITY}.this["mail.example.com"]': "mail.example.com",
            f'{sending}{MAIL_FROM}.this["mail.example.com"]': "mail.example.com",
            f'{sending}{SET}.this["news"]': "theirs",
            f'{sending}{DESTINATION}.this["news/all"]': "theirs|all",
            f'{sending}aws_sesv2_dedicated_ip_pool.this["slow"]': "slow",
            f'{sending}{RECORD}.this["mail.example.com/dmarc"]': "Z1__dmarc.mail.example.com_TXT",
        },
        {},
    )


def test_records_are_found_once_their_identity_is_imported(tmp_path: Path) -> None:
    """A DKIM record's name is known after that: the second plan has it, and is looked at as well."""
    unknown = change(RECORD, "mail.example.com/dkim_1", "create", zone_id="Z1", name=None, type="CNAME")
    known = record("mail.example.com/dkim_1", "t1._domainkey.mail.example.com")
    world = World(
        tmp_path,
        [[identity("mail.example.com"), unknown], [known], []],
        FakeAws("mail.example.com", "t1._domainkey.mail.example.com. TXT"),
    )
    adopt(world.environment)
    assert len(world.blocks()[0]) == 2
    assert world.planned_with[0] == ""
    assert IDENTITY in world.planned_with[1]


def test_what_the_state_has_elsewhere_is_moved(tmp_path: Path) -> None:
    """Before there were several domains, the identity had no key: the same thing, so not made anew."""
    old = change(IDENTITY, "", "delete", email_identity="mail.example.com")
    world = World(tmp_path, [[old, identity("mail.example.com")], []], FakeAws("mail.example.com"))
    adopt(world.environment)
    new = f'module.sending[0].{IDENTITY}.this["mail.example.com"]'
    assert world.blocks() == ({}, {f"module.sending[0].{IDENTITY}.this": new})


def test_one_domain_alone_may_be_taken_over(tmp_path: Path) -> None:
    """Its identity, what is at and below it, and the sets, which are everybody's."""
    plan = [
        identity("mail.example.com"),
        identity("other.example"),
        record("mail.example.com/dmarc", "_dmarc.mail.example.com"),
        record("other.example/dmarc", "_dmarc.other.example"),
        change(SET, "news", "create", configuration_set_name="theirs"),
    ]
    aws = FakeAws("mail.example.com", "other.example", "theirs",
                  "_dmarc.mail.example.com. TXT", "_dmarc.other.example. TXT")  # fmt: skip
    world = World(tmp_path, [plan, [identity("mail.example.com", "no-op")]], aws)
    adopt(world.environment, "mail.example.com")
    assert set(world.blocks()[0].values()) == {
        "mail.example.com",
        "theirs",
        "Z1__dmarc.mail.example.com_TXT",
    }


def test_a_domain_that_the_file_does_not_name_is_refused(tmp_path: Path) -> None:
    """With those that it names."""
    world = World(tmp_path, [[identity("mail.example.com")]], FakeAws())
    with pytest.raises(MailroomError, match=r"names no example\.com: it has mail\.example\.com"):
        adopt(world.environment, "example.com")


def test_without_anything_to_take_over_the_file_goes(tmp_path: Path) -> None:
    """After the apply it has done its work."""
    world = World(tmp_path, [[identity("mail.example.com", "no-op")]], FakeAws("mail.example.com"))
    world.file.write_text("# of last time\n")
    adopt(world.environment)
    assert not world.file.exists()


################################################################################
# Refused
################################################################################


@pytest.mark.parametrize("actions", ["delete", "delete/create", "create/delete"])
@pytest.mark.parametrize("before", ["", "# of last time\n"])
def test_a_plan_that_would_destroy_or_replace_is_refused(tmp_path: Path, actions: str, before: str) -> None:
    """Nothing is written, the old file is back, and what would go is named."""
    lost = identity("mail.example.com", actions)
    world = World(tmp_path, [[identity("new.example.com")], [lost]], FakeAws("new.example.com"))
    if before:
        world.file.write_text(before)
    with pytest.raises(MailroomError, match=f"{actions}  module.sending") as refused:
        adopt(world.environment)
    assert refused.value.hint
    assert (world.file.read_text() if world.file.exists() else "") == before


def test_a_second_zone_of_a_name_is_refused(tmp_path: Path) -> None:
    """The domain's delegation leads to the first one; a private zone of the name is another thing."""
    zone = change("aws_route53_zone", "example.net", "create", name="example.net")
    with pytest.raises(MailroomError, match="answer to nobody") as refused:
        adopt(World(tmp_path, [[zone]], FakeAws()).environment)
    assert 'join = "Z-public"' in refused.value.hint
    zone["change"]["after"]["name"] = "example.com"
    adopt(World(tmp_path, [[zone]], FakeAws()).environment)


def signing(origin: str, length: str | None) -> list[dict[str, Any]]:
    return [{"signing_attributes_origin": origin, "next_signing_key_length": length, "tokens": ["s1"]}]


def test_a_key_of_ones_own_is_not_given_up(tmp_path: Path) -> None:
    """Terraform would turn the domain to SES's keys in place, and its mail would go out unsigned."""
    before = {"email_identity": "mail.example.com", "dkim_signing_attributes": signing("EXTERNAL", "")}
    after = {"dkim_signing_attributes": signing("EXTERNAL", "RSA_2048_BIT")}
    lost = imported(IDENTITY, "mail.example.com", "mail.example.com", before, **after)
    world = World(tmp_path, [[lost]], FakeAws())
    with pytest.raises(MailroomError, match="key of its own"):
        adopt(world.environment)
    # The environment's file says that it is its own: nothing changes, and nothing is refused.
    kept = imported(IDENTITY, "mail.example.com", "mail.example.com", before)
    adopt(World(tmp_path, [[kept]], FakeAws()).environment)


def test_aws_errors_come_out_and_leave_nothing(tmp_path: Path) -> None:
    """Not allowed to look is not the same as not there."""
    world = World(tmp_path, [[identity("mail.example.com")]], FakeAws())

    def denied(_: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetEmailIdentity")

    world.environment.client = denied
    with pytest.raises(ClientError):
        adopt(world.environment)
    assert not world.file.exists()


################################################################################
# What is told and written
################################################################################


def test_what_changes_is_told_member_by_member(tmp_path: Path) -> None:
    """Of a block only what differs; tags are no news; what is not known yet is."""
    before = {
        "email_identity": "mail.example.com",
        "configuration_set_name": "",
        "dkim_signing_attributes": signing("AWS_SES", "RSA_1024_BIT"),
        "tags_all": {},
    }
    after = {
        "configuration_set_name": "news",
        "dkim_signing_attributes": signing("AWS_SES", "RSA_2048_BIT"),
        "tags_all": {"project": "mailroom"},
    }
    plan = [imported(IDENTITY, "mail.example.com", "mail.example.com", before, **after)]
    (taken,) = adopt(World(tmp_path, [plan], FakeAws()).environment).taken
    assert (taken.word, taken.id) == ("identity", "mail.example.com")
    assert taken.changes == (
        "configuration_set_name: nothing -> news",
        "dkim_signing_attributes.next_signing_key_length: RSA_1024_BIT -> RSA_2048_BIT",
    )


def test_the_blocks_are_bound_to_their_environment() -> None:
    """The root module is everybody's: in another environment the loop is empty."""
    said = text("dev", {Place("module.sending[0].x.this", "a"): "1"}, [])
    assert 'if var.environment == "dev"' in said
    assert "to = module.sending[0].x.this[each.key]" in said
