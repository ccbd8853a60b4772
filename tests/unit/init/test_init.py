"""`mailroom init`: what it asks, refuses and writes; AWS is a fake that remembers, Terraform is real."""

import errno
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from typer.testing import CliRunner

from mailroom import backend, cli, environment, paths
from mailroom.environment import Environment
from mailroom.errors import MailroomError
from mailroom.init import account, answers, regions, texts
from mailroom.init.answers import Answers, Wrong
from mailroom.terraform import Terraform
from tests.copies import terraform_root

BASE = ["init", "trial", "--region", "eu-west-1"]
FULL = [*BASE, "--domain", "mail.example.com", "--yes"]


class FakeAws:
    """An account: who is asking, the active rule set, known identities, buckets."""

    def __init__(self) -> None:
        self.account, self.rule_set = "123456789012", ""
        self.identities: set[str] = set()
        self.buckets: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, service: str, region: str) -> Any:
        self.asked.append(service)
        return SimpleNamespace(
            get_caller_identity=self._identity,
            describe_active_receipt_rule_set=lambda: (
                {"Metadata": {"Name": self.rule_set}} if self.rule_set else {}
            ),
            get_email_identity=lambda EmailIdentity: self._there(
                EmailIdentity, self.identities, "NotFoundException"
            ),
            head_bucket=lambda Bucket: self._there(Bucket, self.buckets, "404"),
        )

    def _identity(self) -> dict[str, str]:
        if not self.account:
            raise NoCredentialsError
        return {"Account": self.account}

    @staticmethod
    def _there(name: str, known: set[str], code: str) -> dict[str, Any]:
        if name not in known:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "asked")
        return {}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    monkeypatch.setattr(account, "client", lambda environ: made)
    monkeypatch.setattr(account, "usual_region", lambda: "")
    return made


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone's terraform/ of its own, as git has it."""
    root = terraform_root(tmp_path / "terraform")
    monkeypatch.setattr(paths, "TERRAFORM", root)
    monkeypatch.setattr(paths, "ENVIRONMENTS", root / "environments")
    monkeypatch.setattr(paths, "CLONE", tmp_path)
    return root


def run(*arguments: str, says: str = "") -> Any:
    """The command as a person runs it; a MailroomError comes through."""
    result = CliRunner().invoke(cli.app, list(arguments), input=says)
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def setting(root: Path, env: str, name: str) -> str:
    return environment.plain_setting((root / "environments" / f"{env}.tfvars").read_text(), name)


def test_three_answers_are_enough(root: Path, aws: FakeAws) -> None:
    """Domain, receipt address and sender are asked; a wrong one is asked again, with the reason."""
    says = (
        "mail\nMail.Example.com.\nreports@other.example\nr@in.mail.example.com\nr@in.mail.example.com\n\ny\n"
    )
    result = run(*BASE, says=says)
    assert "mail: it takes a domain of yours" in result.output
    assert "it must be at mail.example.com or below it" in result.output
    assert "it must not be the receipt address" in result.output
    assert setting(root, "trial", "domain") == "mail.example.com"
    assert setting(root, "trial", "receipt_address") == "r@in.mail.example.com"
    assert setting(root, "trial", "sender_address") == "mailroom@mail.example.com"
    assert setting(root, "trial", "account_id") == "123456789012"


def test_without_a_terminal(root: Path, aws: FakeAws) -> None:
    """With --yes nobody is asked: what has no suggestion is demanded by its option's name."""
    with pytest.raises(MailroomError, match="--domain is needed") as problem:
        run(*BASE, "--yes")
    assert problem.value.hint == "mailroom init trial --domain …"
    run(*FULL)
    address = setting(root, "trial", "receipt_address")
    assert address.endswith("@in.mail.example.com")
    assert len(address.partition("@")[0]) == 20
    run("init", "other", *FULL[2:])
    assert setting(root, "other", "receipt_address") != address


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--domain", "example", "it takes a domain of yours"),
        ("--domain", "münchen.example", "in ASCII"),
        ("--receipt-address", "a b@mail.example.com", "no e-mail address"),
        ("--receipt-address", "a!b@mail.example.com", r"letters, digits and \. _ \+ -"),
        ("--receipt-address", "a@example.com", "at mail.example.com or below it"),
        ("--receipt-address", "a@xmail.example.com", "at mail.example.com or below it"),
        ("--sender", "mailroom@example.com", "SES sends only for domains that it knows"),
        ("--region", "eu-west-3", "SES receives mail in ap-northeast-1, "),
        ("--alarm-email", "ops", "no e-mail address"),
        ("--account-id", "999999999999", "your credentials belong to 123456789012"),
    ],
)
def test_a_wrong_option_is_refused_with_the_reason(
    option: str, value: str, words: str, root: Path, aws: FakeAws
) -> None:
    """Nothing is written, and the reason is told."""
    with pytest.raises(MailroomError, match=words):
        run(*FULL, option, value)
    assert not (root / "environments" / "trial.tfvars").exists()


@pytest.mark.parametrize("name", ["local", "Dev", "d", "a-very-long-name", "dev-"])
def test_names_that_no_environment_may_have(name: str, root: Path, aws: FakeAws) -> None:
    """Terraform would refuse them; `local` needs no init."""
    with pytest.raises(MailroomError):
        run("init", name, *FULL[2:])


@pytest.mark.parametrize("name", ["dev-eu", "plan", "deploy", "read", "preview", "state"])
def test_a_name_that_the_bootstrap_refuses(name: str, root: Path, aws: FakeAws) -> None:
    """It is refused before a file is written, by the template's own pattern; a trial needs no bootstrap."""
    with pytest.raises(MailroomError, match="the bootstrap stack takes"):
        run("init", name, *FULL[2:])
    template = (root / "bootstrap" / "bootstrap.yaml").read_text()
    assert f'AllowedPattern: "^{answers.BOOTSTRAPPED.pattern}$"' in template
    run("init", name, *FULL[2:], "--local-state")


def test_a_folder_that_takes_no_file(root: Path, aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named, and the same command finishes what it began."""
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if target.suffix == ".tfbackend":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    refused = pytest.raises(
        MailroomError, match=r"environments/dev\.s3\.tfbackend cannot be written: No space"
    )
    with monkeypatch.context() as here, refused:
        here.setattr(os, "replace", full)
        run("init", "dev", *FULL[2:])
    values = (root / "environments/dev.tfvars").read_bytes()
    run("init", "dev", *FULL[2:])
    assert (root / "environments/dev.tfvars").read_bytes() == values
    assert "FILL IN" not in (root / "environments/dev.s3.tfbackend").read_text()
    assert not list((root / "environments").glob(".*.new"))


def test_an_account_that_cannot_be_asked(root: Path, aws: FakeAws) -> None:
    """Without credentials the account id is demanded, its digits are counted, and the rule set is made."""
    aws.account = ""
    with pytest.raises(MailroomError, match="--account-id is needed"):
        run(*FULL)
    with pytest.raises(MailroomError, match="12 digits"):
        run(*FULL, "--account-id", "1234")
    run(*FULL, "--account-id", "123456789012")
    assert 'rule_set = { create = "mailroom" }' in (root / "environments/trial.tfvars").read_text()


def test_what_is_there_already_is_joined_and_told(root: Path, aws: FakeAws) -> None:
    """An active rule set is joined, never replaced; a known domain is to be adopted before the apply."""
    aws.rule_set, aws.identities = "of-others", {"mail.example.com"}
    output = run(*FULL).output
    assert 'rule_set = { join = "of-others" }' in (root / "environments/trial.tfvars").read_text()
    assert "of-others is active in eu-west-1" in output
    steps = output.partition("next:")[2]
    assert steps.index("sending adopt --env trial") < steps.index("make apply ENV=trial")
    assert "aws cloudformation deploy" in steps
    bucket = "mailroom-state-again-123456789012-eu-west-1"
    aws.buckets = {bucket}
    assert "aws cloudformation" not in run("init", "again", *FULL[2:]).output
    assert f'"{bucket}"' in (root / "environments/again.s3.tfbackend").read_text()


def test_a_dry_run_writes_nothing(root: Path, aws: FakeAws) -> None:
    """It shows every file and leaves the folder as it was; so does a no."""
    before = sorted(root.rglob("*"))
    assert "receipt_address" in run(*FULL, "--local-state", "--dry-run").output
    assert "nothing was written" in run(*FULL[:-1], says="\n\nn\n").output
    assert sorted(root.rglob("*")) == before


def test_only_files_that_say_fill_in_are_replaced(root: Path, aws: FakeAws) -> None:
    """The committed placeholders go, what somebody filled in stays to the byte."""
    run("init", "dev", *FULL[2:])
    mine = (root / "environments/dev.tfvars").read_bytes()
    assert b"FILL IN" not in mine
    assert "FILL IN" not in (root / "environments/dev.s3.tfbackend").read_text()
    with pytest.raises(MailroomError, match="dev is filled in already"):
        run("init", "dev", *FULL[2:])
    (root / "environments/dev.s3.tfbackend").unlink()
    run("init", "dev", *FULL[2:])
    assert (root / "environments/dev.tfvars").read_bytes() == mine
    assert "mailroom-state-dev-123456789012" in (root / "environments/dev.s3.tfbackend").read_text()


def test_a_file_that_is_half_filled_in_is_refused(root: Path, aws: FakeAws) -> None:
    """Git knows that the placeholder was changed: it is nobody's to overwrite."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-C", str(root)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "as it was"]):
        subprocess.run([*git, *command], check=True)
    file = root / "environments/dev.tfvars"
    file.write_text(file.read_text().replace("log_retention_days = 30", "log_retention_days = 60"))
    with pytest.raises(MailroomError, match=r"dev\.tfvars was changed and still says FILL IN"):
        run("init", "dev", *FULL[2:])


def test_a_trial_keeps_its_state_here(root: Path, aws: FakeAws) -> None:
    """The override is for the whole clone: the trial and `local` find their state, any other is refused."""
    output = run(*FULL, "--local-state").output
    assert "A trial lacks" in output
    assert "cloudformation" not in output
    assert setting(root, "trial", "permissions_boundary") == ""
    assert "retain_data          = false" in (root / "environments/trial.tfvars").read_text()
    assert backend.config("trial", root) == ["environments/trial.local.tfbackend"]
    assert backend.config("local", root, Path("/cloud")) == ["path=/cloud/local.tfstate"]
    with pytest.raises(MailroomError, match="prod does not: here it would look empty"):
        Environment.load("prod")
    with pytest.raises(MailroomError, match="This clone keeps state in local files"):
        run("init", "prod", *FULL[2:])
    (root / backend.OVERRIDE).unlink()
    with pytest.raises(MailroomError, match=r"backend_override\.tf, which says so to Terraform, is gone"):
        Environment.load("trial")
    run("init", "trial", *FULL[2:], "--local-state")
    assert Environment.load("trial").name == "trial"


def test_an_environment_with_its_state_in_s3_gets_no_local_one(root: Path, aws: FakeAws) -> None:
    """Its state would look empty."""
    run("init", "dev", *FULL[2:])
    with pytest.raises(MailroomError, match="dev keeps its state in S3"):
        run("init", "dev", *FULL[2:], "--local-state")


def test_a_left_over_endpoint_is_refused() -> None:
    """The account is asked in AWS and nowhere else."""
    with pytest.raises(MailroomError, match="AWS_ENDPOINT_URL is set"):
        account.client({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})


def test_the_regions_are_terraforms() -> None:
    """There is one list; SES's first receiving Regions are in it."""
    assert {"eu-west-1", "us-east-1", "us-west-2"} <= set(regions.receiving())
    assert answers.region(" eu-west-1 ") == "eu-west-1"
    with pytest.raises(Wrong):
        answers.region("eu-west-9")


@pytest.mark.parametrize(("trial", "join"), [(False, "of-others"), (True, "")])
def test_terraform_takes_what_is_written(trial: bool, join: str, root: Path, tmp_path: Path) -> None:
    """The files are as `terraform fmt` has them, and every variable's own validation lets the values pass."""
    wish = Answers(
        "trial", "123456789012", "eu-west-1", "mail.example.com", "r@in.mail.example.com",
        "m@mail.example.com", ("ops@example.com", "${two}%{if}@example.com"), join, trial=trial,
    )  # fmt: skip
    values = texts.values(wish)
    assert values.count("\n# status = ") == 1  # with it, too, all is taken
    (root / "environments" / "trial.tfvars").write_text(values.replace("\n# status = ", "\nstatus = "))
    assert _fmt(texts.values(wish)) == texts.values(wish)
    assert _fmt(texts.OVERRIDE) == texts.OVERRIDE
    zips = root.parent / "build" / "lambda"
    zips.mkdir(parents=True)
    (zips / "status.zip").touch()
    checked = root / "checked"
    checked.mkdir()
    shared = (root / "tests/composition.tftest.hcl").read_text().partition("\nvariables {")[0]
    (checked / "init.tftest.hcl").write_text(f'{shared}\nrun "the_values_pass" {{\n  command = plan\n}}\n')
    terraform = Terraform("trial", tmp_path / "data", root=root)
    terraform.init(backend=False)
    _, said = terraform._run(
        "test", test_directory="checked", var_file="environments/trial.tfvars", input=None
    )
    assert "1 passed, 0 failed" in said


def _fmt(text: str) -> str:
    done = subprocess.run(
        [paths.TOOLS / "terraform", "fmt", "-"], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout
