"""`mailroom init`: from answers and a look at AWS to an environment's files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mailroom import environment, paths
from mailroom.backend import OVERRIDE
from mailroom.errors import MailroomError
from mailroom.init import account, answers, files, regions, texts
from mailroom.init.account import Client, Found
from mailroom.init.answers import Answers
from mailroom.init.asking import Asker


@dataclass(frozen=True)
class Given:
    """What the options say; "" and () for what they do not."""

    domain: str = ""
    receipt_address: str = ""
    sender: str = ""
    region: str = ""
    account_id: str = ""
    alarm_emails: tuple[str, ...] = ()
    trial: bool = False


@dataclass(frozen=True)
class Plan:
    """The files that will be written, and what AWS said."""

    answers: Answers
    files: dict[Path, str]
    found: Found


def plan(env: str, given: Given, make: Client, asker: Asker) -> Plan:
    """Ask, look, and say which files would be written. Raises MailroomError."""
    answers.environment(env, trial=given.trial)
    _check_clone(env, trial=given.trial)
    if not files.free(files.values_file(env)):
        return _rest(env, given)
    wish = _asked(env, given, make, asker)
    bucket = "" if wish.trial else texts.state_bucket(wish)
    found = account.look(make, wish.region, wish.domain, bucket)
    wish = replace(wish, join_rule_set=found.rule_set)
    return Plan(wish, files.wanted(wish), found)


def _check_clone(env: str, *, trial: bool) -> None:
    """A clone keeps all its state in S3, or all in files."""
    override, own = files.override_file(), files.state_file(env, trial=True)
    if not trial and override.exists():
        raise MailroomError(
            f"This clone keeps state in local files (terraform/{OVERRIDE}): {env} would too.",
            f"mailroom init {env} --local-state, or rm terraform/{OVERRIDE} when the trial is destroyed",
        )
    if trial and not own.exists() and _is_set(files.state_file(env, trial=False)):
        raise MailroomError(
            f"{env} keeps its state in S3: {env}.s3.tfbackend is filled in.",
            "mailroom init trial --local-state (a name of its own for the trial)",
        )


def _is_set(file: Path) -> bool:
    return file.exists() and files.PLACEHOLDER not in file.read_text()


def _rest(env: str, given: Given) -> Plan:
    """The values are filled in, and stay: the file of the state may still be missing, and the override."""
    text = files.values_file(env).read_text()
    values = {name: environment.plain_setting(text, name) for name in ("account_id", "region")}
    kept = Answers(env, values["account_id"], values["region"], "", "", "", trial=given.trial)
    chosen = files.wanted(kept)
    if not chosen:
        raise MailroomError(
            f"{env} is filled in already: {files.shown(files.values_file(env))} is left as it is.",
            f"make apply ENV={env} (or another name: mailroom init NAME)",
        )
    return Plan(kept, chosen, Found(unasked=f"{env}.tfvars is filled in and is left as it is"))


def _asked(env: str, given: Given, make: Client, asker: Asker) -> Answers:
    usual = account.usual_region()
    known = given.region or (usual if usual in regions.receiving() else "")
    region = asker.answer("--region", known, "Region", answers.region, "eu-west-1")
    account_id = _account(given, make, asker, region)
    domain = asker.answer("--domain", given.domain, "Domain that sends", answers.domain)
    receipt = asker.answer(
        "--receipt-address", given.receipt_address, "Address that receives (secret)",
        lambda text: answers.receipt_address(text, domain), answers.suggested_address(domain),
    )  # fmt: skip
    sender = asker.answer(
        "--sender", given.sender, "Address that mail comes from",
        lambda text: answers.sender(text, domain, receipt), f"mailroom@{domain}",
    )  # fmt: skip
    emails = tuple(asker.answer("--alarm-email", one, "", answers.email) for one in given.alarm_emails)
    return Answers(env, account_id, region, domain, receipt, sender, emails, trial=given.trial)


def _account(given: Given, make: Client, asker: Asker, region: str) -> str:
    """The account: as STS says; the option must agree with it, and counts alone where STS cannot be asked."""
    mine, why = account.whose(make, region)
    if not mine:
        question = f"AWS could not be asked ({why})\nAccount id"
        return asker.answer("--account-id", given.account_id, question, answers.account_id)
    if given.account_id not in ("", mine):
        raise MailroomError(
            f"--account-id {given.account_id}: your credentials belong to {mine}.",
            "aws sts get-caller-identity",
        )
    return mine


def told(made: Plan) -> Iterator[str]:
    """What AWS said, and what follows from it."""
    found, wish = made.found, made.answers
    if found.unasked:
        yield f"Not asked of AWS: {found.unasked}."
    if found.rule_set:
        yield (
            f"The receipt rule set {found.rule_set} is active in {wish.region}: a rule is added to it, "
            f"and it stays whose it is. (If {wish.environment} made it in an earlier life, write create.)"
        )
    if found.identity:
        yield (
            f"SES knows {wish.domain} already: adopt it before the first apply "
            f"(mailroom sending adopt --env {wish.environment})."
        )
    if wish.trial:
        yield (
            "A trial lacks: a state that others share, that is versioned and locked for them; a permissions "
            "boundary; GitHub's roles. Lose the state file, and what was made has to be removed by hand."
        )
        clouds = paths.CLONE / ".local"
        if files.override_file() in made.files and clouds.is_dir() and any(clouds.iterdir()):
            yield "Local clouds that are up have their state in S3: mailroom local down, then up again."


def next_steps(made: Plan) -> Iterator[str]:
    """The commands that follow."""
    env, wish = made.answers.environment, made.answers
    if not wish.trial and not made.found.bucket:
        yield (
            f"aws cloudformation deploy --stack-name mailroom-bootstrap-{env} --region {wish.region} "
            "--template-file terraform/bootstrap/bootstrap.yaml --capabilities CAPABILITY_NAMED_IAM "
            f"--parameter-overrides Environment={env} Repository=OWNER/NAME"
        )
    if made.found.identity:
        yield f".venv/bin/mailroom sending adopt --env {env}"
    yield f"make apply ENV={env}"
    yield f".venv/bin/mailroom sending records --env {env}   (paste them at your DNS provider)"
    yield f"make smoke ENV={env}"
