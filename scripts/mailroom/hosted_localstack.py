"""Run a command beside a LocalStack of its own: the free one from PyPI, in host mode, without Docker.

python -m mailroom.hosted_localstack COMMAND…      (what `make test-localstack` calls; Linux only)

That LocalStack listens on every interface, whatever it is told, so both run in a network namespace that has
only loopback. The command finds it in LOCALSTACK_HOST; with the command's end it is gone.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailroom import paths, tether

INSIDE = "MAILROOM_INSIDE_NAMESPACE"
ADDRESS = "127.0.0.1:4566"
START_SECONDS = 120
SUPERVISOR = paths.BUILD / "venv-localstack" / "bin" / "localstack-supervisor"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def main(command: list[str]) -> int:
    """Run the command; its exit code."""
    if not SUPERVISOR.exists():
        print("LocalStack is not installed. Try: make test-localstack", file=sys.stderr)
        return 1
    if INSIDE not in os.environ:
        again = [sys.executable, "-m", "mailroom.hosted_localstack", *command]
        as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", *as_root, "--", *again])  # noqa: S606 - a list that we build
    raise_loopback()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)):
        return subprocess.run(command, check=False, env={**os.environ, "LOCALSTACK_HOST": ADDRESS}).returncode


def raise_loopback() -> None:
    """Switch on the loopback interface, which is down in a new namespace (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        asked = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(sock, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """LocalStack, its files in `folder`, from the moment it answers until the end."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {
        "GATEWAY_LISTEN": ADDRESS,
        "LOCALSTACK_VOLUME_DIR": str(folder / "volume"),
        "TMPDIR": str(folder),
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
    }
    with (folder / "log").open("wb") as log:
        # Tethered: it ends with us, killed outright included.
        command = [sys.executable, tether.__file__, "--", str(SUPERVISOR)]
        process = subprocess.Popen(command, env={**kept, **settings}, stdout=log, stderr=log)
    try:
        wait(process, folder / "log")
        yield
    finally:
        process.terminate()
        process.wait()


def wait(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers its health check; SystemExit with the end of its log where it does not."""
    patience = time.monotonic() + START_SECONDS
    while time.monotonic() < patience and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}/_localstack/health", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    sys.exit("LocalStack did not start:\n" + log.read_text(errors="replace")[-2000:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
