"""Local clouds started for real: they come up, stand side by side, and leave nothing, however they end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom.errors import MailroomError
from mailroom.local import cloud, state

pytestmark = pytest.mark.integration

PROMISED_SECONDS = 10.0


@pytest.fixture
def clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the clouds of one test; whatever still runs at its end is ended."""
    monkeypatch.setenv(state.DIRECTORY_VARIABLE, str(tmp_path))
    monkeypatch.setenv("MAILROOM_LAMBDA_PYTHON", sys.executable)
    yield tmp_path
    for folder in list(tmp_path.iterdir()):
        cloud.down(folder.name)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailroom.local", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def processes_below(folder: Path) -> list[str]:
    """The command lines of running processes that name this folder: keeper, cloud and Lambda workers do."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "stat=,args="], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if str(folder) in line and not line.startswith("Z")]


def gone_within(folder: Path, seconds: float) -> bool:
    patience = time.monotonic() + seconds
    while processes_below(folder):
        if time.monotonic() > patience:
            return False
        time.sleep(0.1)
    return True


def clients(found: cloud.LocalCloud, *services: str) -> list[Any]:
    return [
        boto3.client(
            service,
            endpoint_url=found.aws,
            region_name=found.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        for service in services
    ]


def busy_lambda(found: cloud.LocalCloud, zipped: bytes) -> None:
    """A Lambda that started a child and works on, so that it sees no pipe close."""
    iam, functions = clients(found, "iam", "lambda")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="busy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    functions.create_function(
        FunctionName="busy",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="busy.handle",
        Code={"ZipFile": zipped},
        Timeout=300,
    )
    functions.invoke(FunctionName="busy", InvocationType="Event")


@pytest.fixture
def zipped(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    import zipfile

    target = tmp_path_factory.mktemp("zip") / "busy.zip"
    source = (
        "import subprocess, sys, time, os\n"
        "def handle(event, context):\n"
        "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)', os.getcwd()])\n"
        "    while True: time.sleep(0.01)\n"
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("busy.py", source)
    return target.read_bytes()


def wait_for_children(folder: Path, count: int) -> None:
    """Wait until keeper, cloud, worker and the worker's child run."""
    patience = time.monotonic() + 20
    while len(processes_below(folder)) < count:
        assert time.monotonic() < patience, processes_below(folder)
        time.sleep(0.1)


def test_up_twice_is_one_and_down_twice_is_fine(clouds: Path) -> None:
    """`up` of a running cloud answers that one; `down` removes its folder, and again does nothing."""
    first = json.loads(command("up", "--json").stdout)
    second = json.loads(command("up", "--json").stdout)
    assert first == second
    assert set(first) == {
        "aws", "region", "account_id", "submission", "inbound", "dns", "inbox", "state", "pid", "name",
    }  # fmt: skip
    assert set(first["submission"]) == {"host", "port", "username", "password"}
    assert command("down").returncode == 0
    assert not Path(first["state"]).exists()
    assert gone_within(clouds, 1)
    assert command("down").returncode == 0
    status = command("status")
    assert (status.returncode, "does not answer" in status.stderr or "no local cloud" in status.stderr) == (
        1,
        True,
    )


def test_two_stand_side_by_side(clouds: Path) -> None:
    """Two clouds have their own ports and their own state; ending one leaves the other."""
    one, two = cloud.up("one"), cloud.up("two")
    (s3,) = clients(one, "s3")
    s3.create_bucket(Bucket="only-here", CreateBucketConfiguration={"LocationConstraint": one.region})
    (other,) = clients(two, "s3")
    assert [bucket["Name"] for bucket in other.list_buckets()["Buckets"]] == [cloud.STATE_BUCKET]
    cloud.down("one")
    assert cloud.status("one") is None
    assert cloud.status("two") == two


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="listeners are read from /proc")
def test_nothing_listens_off_loopback(clouds: Path) -> None:
    """The cloud's ports, four by TCP and one of them by UDP, are on 127.0.0.1, and it opens no other."""
    found = cloud.up()
    inodes = set()
    for entry in Path(f"/proc/{found.pid}/fd").iterdir():
        target = os.readlink(entry)
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    listening = []
    for protocol, waiting in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == waiting and fields[9] in inodes:
                host, _, port = fields[1].partition(":")
                listening.append((protocol, host, int(port, 16)))
    ports = [int(found.aws.rpartition(":")[2])]
    ports += [door["port"] for door in (found.submission, found.inbound, found.dns)]
    expected = [("tcp", "0100007F", port) for port in ports] + [("udp", "0100007F", found.dns["port"])]
    assert sorted(listening) == sorted(expected)


def test_a_killed_owner_takes_everything_along(clouds: Path, zipped: bytes) -> None:
    """kill -9 of the owner: cloud, busy Lambda and the Lambda's child are gone in 10 seconds, the state too."""
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    found = cloud.up(owner=owner.pid)
    busy_lambda(found, zipped)
    wait_for_children(clouds, 4)
    owner.kill()
    owner.wait()
    assert gone_within(clouds, PROMISED_SECONDS), processes_below(clouds)
    assert not Path(found.state).exists()


def test_a_killed_cloud_takes_its_lambdas_along(clouds: Path, zipped: bytes) -> None:
    """kill -9 of the cloud itself: nothing of it is left, and the next `up` works."""
    found = cloud.up()
    busy_lambda(found, zipped)
    wait_for_children(clouds, 4)
    os.kill(found.pid, signal.SIGKILL)
    assert gone_within(clouds, PROMISED_SECONDS), processes_below(clouds)
    assert cloud.status() is None
    again = cloud.up()
    assert again.pid != found.pid


def test_a_killed_keeper_takes_the_cloud_along(clouds: Path, zipped: bytes) -> None:
    """kill -9 of the keeper, who watches the rest: the cloud notices and ends with all its children."""
    found = cloud.up()
    busy_lambda(found, zipped)
    wait_for_children(clouds, 4)
    keeper = state.read_keeper(Path(found.state))
    assert keeper is not None
    os.kill(keeper.pid, signal.SIGKILL)
    assert gone_within(clouds, PROMISED_SECONDS), processes_below(clouds)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [0.3, 0.8, 1.1])
def test_an_interrupted_start_leaves_nothing(clouds: Path, number: int, after: float) -> None:
    """Ctrl-C, SIGTERM or kill -9 at any moment of `up`: no process, and the next `up` works."""
    starting = subprocess.Popen(
        [sys.executable, "-m", "mailroom.local", "up", "--owner", str(os.getpid())],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after)
    starting.send_signal(number)
    starting.wait(20)
    was_up = (clouds / "default" / state.ACCEPTED).exists()
    assert was_up or gone_within(clouds, PROMISED_SECONDS), processes_below(clouds)
    assert cloud.up().aws


def test_a_start_that_fails_shows_the_end_of_the_log(
    clouds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stopped the cloud is in the error, and no folder is left."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "hypercorn.py").write_text('raise RuntimeError("broken on purpose")')
    environment = cloud._environment()
    environment["PYTHONPATH"] = f"{broken}{os.pathsep}{environment['PYTHONPATH']}"
    monkeypatch.setattr(cloud, "_environment", lambda: environment)
    with pytest.raises(MailroomError, match="RuntimeError: broken on purpose"):
        cloud.up()
    assert not (clouds / "default").exists()


def test_a_stale_folder_is_recognised(clouds: Path) -> None:
    """A folder whose process is gone, and whose number somebody else has now, is no running cloud."""
    where = state.folder("default")
    where.mkdir(parents=True)
    document = {
        "aws": "http://127.0.0.1:1",
        "region": "eu-west-1",
        "submission": {},
        "inbound": {},
        "inbox": "",
        "state": str(where),
        "pid": os.getpid(),
        "name": "default",
    }
    state.write_json(where / state.STATE, {**document, "birth": "another time"})
    state.write_keeper(where, state.Process(os.getpid(), "another time"))
    assert cloud.status() is None
    assert cloud.up().pid != os.getpid()


def test_ports_of_others_are_never_taken(clouds: Path) -> None:
    """The health check answers on the port that the state names, while another server runs beside it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = cloud.up()
        assert int(found.aws.rpartition(":")[2]) != other.getsockname()[1]
        with urllib.request.urlopen(f"{found.aws}/_ministack/health", timeout=5) as answer:
            assert answer.status == 200
