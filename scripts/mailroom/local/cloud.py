"""Start, find and end local clouds.

cloud = up("default", owner=os.getpid())
boto3.client("s3", endpoint_url=cloud.aws)
down("default")
"""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import MailroomError

from . import state

DEFAULT = "default"
REGION = "eu-west-1"
ACCOUNT_ID = "000000000000"
"""The account of the embedded emulator. Behind a LocalStack each cloud has another one."""
ROOT = "test"
"""Key and secret of that account's root; elsewhere it is the account's own 12 digits."""
STATE_BUCKET = "mailroom-local-state"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
ANSWER_SECONDS = 3.0
KEPT_VARIABLES = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "TMPDIR",
    "LOCALSTACK_HOST", "LOG_LEVEL", "MAILROOM_LOCAL_PORT", "MAILROOM_LOCAL_DIR",
    "MAILROOM_LAMBDA_PYTHON", "MAILROOM_LAMBDA_WORKERS",
)  # fmt: skip


@dataclass(frozen=True)
class LocalCloud:
    """A local cloud that runs: what `mailroom local up --json` prints."""

    aws: str
    region: str
    account_id: str
    submission: dict[str, Any]
    inbound: dict[str, Any]
    dns: dict[str, Any]
    inbox: str
    state: str
    pid: int
    name: str

    @property
    def root_key(self) -> str:
        """Access key and secret of the account's root."""
        return ROOT if self.account_id == ACCOUNT_ID else self.account_id

    @property
    def state_bucket(self) -> str:
        """The bucket of Terraform's state; bucket names are shared by all accounts of a LocalStack."""
        return STATE_BUCKET if self.account_id == ACCOUNT_ID else f"{STATE_BUCKET}-{self.account_id}"

    def environment(self) -> dict[str, str]:
        """The variables that lead the AWS SDKs, and Terraform, to this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ACCESS_KEY_ID": self.root_key,
            "AWS_SECRET_ACCESS_KEY": self.root_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def as_json(self) -> dict[str, Any]:
        """The dictionary of the JSON."""
        return asdict(self)


def up(
    name: str = DEFAULT, *, owner: int | None = None, sandbox: bool = False, checks_dns: bool = False
) -> LocalCloud:
    """The local cloud of this name, started unless it runs already.

    `owner` is a process with which it ends; in the `sandbox` of SES only verified people get mail; with
    `checks_dns` a domain is verified when its records are in Route 53. Raises MailroomError, with the end of
    the log, where it does not start.
    """
    where = state.folder(name)
    if owner is not None and not state.Process.of(owner).alive:
        raise MailroomError(f"There is no process {owner} that could be the owner of a local cloud.")
    with state.locked(where):
        flags = [flag for flag, on in (("--sandbox", sandbox), ("--checks-dns", checks_dns)) if on]
        return status(name) or _up(where, name, owner, flags)


def _check_lambda_python() -> None:
    """Without it every call of a Lambda would fail, and only the log would say so."""
    from .patches.lambda_workers import lambda_python

    python = lambda_python()
    if not python.is_file() and not os.environ.get("LOCALSTACK_HOST"):
        raise MailroomError(f"What the Lambdas run on is missing: {python}", "make setup")


def _up(where: Path, name: str, owner: int | None, flags: list[str]) -> LocalCloud:
    _check_lambda_python()
    _stop(where)
    where.mkdir(parents=True)
    where.chmod(0o700)
    keeper = _start(where, name, owner, flags)
    try:
        cloud = _wait(where, name, keeper)
        _make_state_bucket(cloud)
        (where / state.ACCEPTED).touch()
    except BaseException as problem:
        tail = state.log_tail(where)
        keeper.terminate()
        keeper.wait()
        _stop(where)
        if isinstance(problem, MailroomError | KeyboardInterrupt | SystemExit):
            raise
        raise MailroomError(f"The local cloud {name!r} did not start: {problem}\n{tail}") from problem
    return cloud


def status(name: str = DEFAULT) -> LocalCloud | None:
    """The local cloud of this name where it runs and answers, else None."""
    cloud = _read(state.folder(name))
    return cloud if cloud is not None and _answers(cloud) else None


def running(name: str = DEFAULT) -> LocalCloud:
    """The local cloud of this name; raises MailroomError where it does not answer."""
    found = status(name)
    if found is None:
        raise MailroomError(
            f"There is no local cloud {name!r} that answers.",
            f"mailroom local up{'' if name == DEFAULT else f' --name {name}'}",
        )
    return found


def down(name: str = DEFAULT) -> bool:
    """End the local cloud of this name and remove its state; False where there was nothing to end."""
    where = state.folder(name)
    if not where.exists():
        return False
    with state.locked(where):
        _stop(where)
    return True


def _read(where: Path) -> LocalCloud | None:
    """What the state folder says of a process that is still that very process."""
    document = state.read_json(where / state.STATE)
    if document is None or not state.Process(document["pid"], document.pop("birth")).alive:
        return None
    try:
        return LocalCloud(**document)
    except TypeError:  # another version wrote it: such a cloud is as good as gone
        return None


def _environment() -> dict[str, str]:
    """The environment of the cloud: little of ours, since its Lambdas inherit it."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # glibc gives large blocks back to the system: its own guess keeps a large mail in every thread.
        "MALLOC_MMAP_THRESHOLD_": "1000000",
    }


def _start(where: Path, name: str, owner: int | None, flags: list[str]) -> subprocess.Popen[bytes]:
    """Start the keeper, detached; it starts the cloud."""
    serve = [sys.executable, "-m", "mailroom.local.serve", "--folder", str(where), "--name", name]
    keeper = [
        sys.executable,
        "-m",
        "mailroom.local.keeper",
        "--folder",
        str(where),
        "--starter",
        str(os.getpid()),
    ]
    if owner is not None:
        keeper += ["--owner", str(owner)]
    with (where / state.LOG).open("ab") as log:
        return subprocess.Popen(
            [*keeper, "--", *serve, "--region", REGION, *flags],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )


def _wait(where: Path, name: str, keeper: subprocess.Popen[bytes]) -> LocalCloud:
    """Wait until the cloud answers at every door."""
    patience = time.monotonic() + START_SECONDS
    while time.monotonic() < patience:
        cloud = _read(where)
        if cloud is not None and _answers(cloud):
            return cloud
        if keeper.poll() is not None:
            break
        time.sleep(0.05)
    raise MailroomError(
        f"The local cloud {name!r} did not start. The end of its log:\n{state.log_tail(where)}",
        "make setup, if a package is missing",
    )


def _answers(cloud: LocalCloud) -> bool:
    """Whether the API is healthy and both SMTP doors greet."""
    health = urllib.request.Request(f"{cloud.aws}/_localstack/health")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(health, timeout=ANSWER_SECONDS):
            pass
        for door in (cloud.submission, cloud.inbound):
            with smtplib.SMTP(door["host"], door["port"], "localhost", ANSWER_SECONDS):
                pass
    except (OSError, smtplib.SMTPException):
        return False
    return True


def _make_state_bucket(cloud: LocalCloud) -> None:
    """The bucket of Terraform's state; one that is there already is fine."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=cloud.aws,
        region_name=cloud.region,
        aws_access_key_id=cloud.root_key,
        aws_secret_access_key=cloud.root_key,
    )
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(
            Bucket=cloud.state_bucket, CreateBucketConfiguration={"LocationConstraint": cloud.region}
        )


def _stop(where: Path) -> None:
    """End whatever the folder names and still runs, then remove the folder."""
    keeper = state.read_keeper(where)
    document = state.read_json(where / state.STATE)
    cloud = state.Process(document["pid"], document["birth"]) if document else None
    for process in (keeper, cloud):
        if process is not None and process.alive:
            _end(process)
    state.remove(where)


def _end(process: state.Process) -> None:
    """SIGTERM, and SIGKILL where that does not help; the process leads its group, so the group gets it
    too."""
    patience = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    while process.alive and time.monotonic() < patience:
        time.sleep(0.05)
    if process.alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
