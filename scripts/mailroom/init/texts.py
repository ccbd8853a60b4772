"""The two files of an environment as `init` writes them: as `terraform fmt` has them."""

import json
from collections.abc import Iterator

from mailroom.init.answers import Answers

OVERRIDE = """\
# Written by `mailroom init … --local-state`, ignored by git: in this clone Terraform keeps state in local
# files (environments/<environment>.local.tfbackend says where). Remove it when the trial is destroyed.
terraform {
  backend "local" {}
}
"""


def values(answers: Answers) -> str:
    """<env>.tfvars."""
    return "\n".join(_values(answers)) + "\n"


def state_in_s3(answers: Answers) -> str:
    """<env>.s3.tfbackend."""
    return (
        f"bucket       = {_text(state_bucket(answers))} # made by terraform/bootstrap/bootstrap.yaml\n"
        f"key          = {_text(f'mailroom/{answers.environment}.tfstate')}\n"
        f"region       = {_text(answers.region)}\n"
        "use_lockfile = true # no `encrypt`: it would ask for S3's own key, and the bucket encrypts with its"
        " customer key by itself\n"
    )


def state_in_a_file(answers: Answers) -> str:
    """<env>.local.tfbackend: git ignores it and the state, and `make clean` leaves both."""
    return f"path = {_text(f'environments/{answers.environment}.tfstate')}\n"


def state_bucket(answers: Answers) -> str:
    """The bucket as terraform/bootstrap/bootstrap.yaml names it."""
    return f"mailroom-state-{answers.environment}-{answers.account_id}-{answers.region}"


def _values(answers: Answers) -> Iterator[str]:
    name = answers.environment
    yield f"environment = {_text(name)}"
    yield f"account_id  = {_text(answers.account_id)}"
    yield f"region      = {_text(answers.region)}"
    yield ""
    if answers.trial:
        yield "# A trial: `make destroy` takes all of it, mail included; roles have no permissions boundary."
        yield "retain_data          = false"
        yield "permissions_boundary = null"
    else:
        boundary = f"arn:aws:iam::{answers.account_id}:policy/mailroom-{name}-boundary"
        yield "# Made by terraform/bootstrap/bootstrap.yaml, whose deploy role makes no role without it."
        yield f"permissions_boundary = {_text(boundary)}"
    yield ""
    emails = f"[{', '.join(map(_text, answers.alarm_emails))}]"
    yield f"log_retention_days = {7 if answers.trial else 30}"
    yield f"alarm_emails       = {emails}"
    yield ""
    yield "# null: records are listed by `mailroom sending records`, for any DNS provider;"
    yield '# { join = "<zone id>" }: made in that hosted zone; { create = "<domain>" }: in a new one.'
    yield "route53_zone = null"
    yield ""
    yield "sending = {"
    yield f"  domain         = {_text(answers.domain)}"
    yield f"  sender_address = {_text(answers.sender)}"
    yield "}"
    yield ""
    yield "links = {}"
    yield ""
    yield "inbound = {"
    yield "  # Whoever knows it can have mail sent: keep it secret."
    yield f"  receipt_address = {_text(answers.receipt_address)}"
    yield f"  notice_emails   = {emails}"
    yield ""
    yield from _rule_set(answers)
    yield "}"
    yield ""
    yield "# Where is my message: docs/status.md. API Gateway logs by one role of the account and Region:"
    yield "# leave `api` out where `aws apigateway get-account` names one."
    yield "# status = { ses = { only_own_sets = true }, api = { owns_log_role = true } }"


def _rule_set(answers: Answers) -> Iterator[str]:
    if answers.join_rule_set:
        yield "  # It was active when this was written: a rule is added to it, nothing else is touched."
        yield f"  rule_set = {{ join = {_text(answers.join_rule_set)} }}"
    else:
        yield "  # An account has one active rule set in a Region: this environment makes and owns it."
        yield '  rule_set = { create = "mailroom" }'


def _text(value: str) -> str:
    """A quoted text of HCL, in which ${ and %{ would begin a template."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")
