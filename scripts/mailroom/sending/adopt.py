"""Taking over what SES and Route 53 have already: Terraform imports it and makes nothing anew.

The plan says what it would create; each such thing is looked for, and what is there is written down as an
`import` block (import_blocks.py). Then the plan is made again, since it knows more by then: an identity that
is imported has DKIM tokens, and those name DNS records. What the plan would take away at one address and make
at another is moved. A plan that would destroy or replace anything is refused: replacing an identity stops its
mail (hashicorp/terraform-provider-aws#26796).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.sending.import_blocks import Place, file_of, text
from mailroom.sending.records import at_or_below
from mailroom.sending.there import KINDS, zone_named

# Identities, then their records, then nothing new; a bound, should a plan never settle.
MOST_PLANS = 5
MODULE = "module.sending[0]."

Change = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """One thing that is taken over: its word (identity, …), its id, and what an apply would change in it."""

    word: str
    id: str
    changes: tuple[str, ...]


@dataclass
class Adoption:
    """What was found: imports by their place, moves from an old address, and the last plan's changes."""

    imports: dict[Place, str] = field(default_factory=dict)
    moves: dict[str, Place] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def taken(self) -> list[Taken]:
        """What is imported, in the order of the plan."""
        return [
            Taken(KINDS[one["type"]].word, one["change"]["importing"]["id"], tuple(differences(one)))
            for one in self.changes
            if one["change"].get("importing")
        ]

    def count(self, action: str) -> int:
        """How many things the plan would create or update."""
        return sum(one["change"]["actions"] == [action] for one in self.changes)


def adopt(environment: Environment, domain: str = "") -> Adoption:
    """Write the blocks for everything of `sending` (or of one domain, and the sets) that is there already.

    Raises MailroomError, and leaves the file as it was, where the plan would still destroy or replace
    something, or turn a key of one's own into SES's. Without anything to take over the file is gone.
    """
    file = file_of(environment.terraform.root, environment.name)
    before = file.read_text() if file.exists() else None
    file.unlink(missing_ok=True)
    adoption = Adoption()
    try:
        for _ in range(MOST_PLANS):
            adoption.changes = environment.terraform.changes()
            _known(adoption, domain)
            _second_zone(environment, adoption)
            if not _found(environment, adoption, domain):
                break
            file.write_text(text(environment.name, adoption.imports, adoption.moves.items()))
        _refuse(adoption, environment.name)
    except BaseException:
        file.unlink(missing_ok=True)
        if before is not None:
            file.write_text(before)
        raise
    return adoption


def _known(adoption: Adoption, domain: str) -> None:
    """Raise MailroomError where the environment's file does not name the domain."""
    named = {
        one["change"]["after"]["email_identity"]
        for one in adoption.changes
        if one["type"] == "aws_sesv2_email_identity" and one["change"]["after"]
    }
    if domain and domain not in named:
        raise MailroomError(
            f"The environment's file names no {domain}: it has {', '.join(sorted(named)) or 'no sending'}.",
            "write it into sending.domain, sending.domains or sending.addresses",
        )


def _second_zone(environment: Environment, adoption: Adoption) -> None:
    """Raise MailroomError where the plan would make a hosted zone beside one of the same name."""
    for one in adoption.changes:
        if one["type"] != "aws_route53_zone" or one["change"]["actions"] != ["create"]:
            continue
        name = one["change"]["after"]["name"]
        if there := zone_named(environment.client, name):
            raise MailroomError(
                f"Refused: Route 53 has a hosted zone {name} already; a second one would answer to nobody.",
                f'write route53_zone = {{ join = "{there}" }} into the environment\'s file',
            )


def _found(environment: Environment, adoption: Adoption, domain: str) -> bool:
    """Add what the plan would create and is there already; True where there was something."""
    leaving = {
        (one["type"], KINDS[one["type"]].id(one["change"]["before"])): one["address"]
        for one in _of_sending(adoption.changes, ["delete"])
    }
    news = False
    for one in _of_sending(adoption.changes, ["create"]):
        kind, planned = KINDS[one["type"]], one["change"]["after"]
        id_ = kind.id(planned)
        if id_ is None or not _about(planned, domain):
            continue
        place = Place(one["address"].rpartition("[")[0], one["index"])
        if old := leaving.get((one["type"], id_)):
            adoption.moves[old] = place
        elif kind.there(environment.client, planned):
            adoption.imports[place] = id_
        else:
            continue
        news = True
    return news


def _of_sending(changes: list[Change], actions: list[str]) -> Iterator[Change]:
    for one in changes:
        ours = one["address"].startswith(MODULE) and one["type"] in KINDS
        if ours and one["change"]["actions"] == actions:
            yield one


def _about(planned: dict[str, Any], domain: str) -> bool:
    """Whether a thing is the domain's. Configuration sets and pools are everybody's."""
    name = planned.get("email_identity") or planned.get("name")
    return not domain or name is None or at_or_below(name.rpartition("@")[2], domain)


def _refuse(adoption: Adoption, env: str) -> None:
    lost = [one for one in adoption.changes if "delete" in one["change"]["actions"]]
    if lost:
        words = "\n".join(f"  {'/'.join(one['change']['actions'])}  {one['address']}" for one in lost)
        raise MailroomError(
            "Refused: beside what it takes over, the plan would destroy or replace this, and nothing was "
            f"written:\n{words}",
            "make the environment's file say what is there (or apply that change first, by itself)",
        )
    for one in adoption.changes:
        if _own_key(one["change"]["before"]) and "dkim_signing_attributes" in _changed(one):
            name = one["change"]["before"]["email_identity"]
            raise MailroomError(
                f"Refused: {name} is signed with a key of its own, and the environment's file would have SES "
                "make another, whose records are not there yet: its mail would go out unsigned.",
                f"mailroom sending byodkim {name} --key-file KEY --dry-run --env {env} (it prints the line)",
            )


def _own_key(before: dict[str, Any] | None) -> bool:
    signing = (before or {}).get("dkim_signing_attributes") or [{}]
    return bool(signing[0].get("signing_attributes_origin") == "EXTERNAL")


def _changed(one: Change) -> list[str]:
    """The members that an update would change; tags are no matter here."""
    change = one["change"]
    if change["actions"] != ["update"]:
        return []
    before, after = change["before"], change["after"]
    unknown = change.get("after_unknown") or {}
    return [
        member
        for member in sorted(before)
        if not member.startswith("tags") and (unknown.get(member) or before[member] != after.get(member))
    ]


def differences(one: Change) -> Iterator[str]:
    """What an apply would change in a thing, in words."""
    before, after = one["change"]["before"], one["change"]["after"]
    for member in _changed(one):
        yield from _difference(member, before[member], after.get(member))


def _difference(name: str, before: Any, after: Any) -> Iterator[str]:
    """One member's change; of a block that is there before and after, only what differs in it."""
    if _is_block(before) and _is_block(after):
        for member in sorted(before[0]):
            if before[0][member] != after[0].get(member):
                yield from _difference(f"{name}.{member}", before[0][member], after[0].get(member))
    else:
        yield f"{name}: {_short(before)} -> {_short(after)}"


def _is_block(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def _short(value: Any) -> str:
    """A value as a person reads it; of nested settings only what is set."""
    if isinstance(value, list):
        return ", ".join(map(_short, value)) or "nothing"
    if isinstance(value, dict):
        said = {name: inner for name, inner in sorted(value.items()) if inner not in (None, "", [])}
        return "{" + ", ".join(f"{name} {_short(inner)}" for name, inner in said.items()) + "}"
    return (value or "nothing") if isinstance(value, str) else json.dumps(value)
