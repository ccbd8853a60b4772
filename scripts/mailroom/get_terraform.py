"""See that there is a Terraform that this project can use: `build/tools/terraform`.

    python scripts/mailroom/get_terraform.py

One on the PATH that is new enough is taken as it is (a link). Where there is none, or only an older one,
the pinned release is fetched into the clone and checked against the SHA-256 that `terraform/terraform.sha256`
holds; a download that does not match is refused. MAILROOM_TERRAFORM_RELEASES names a mirror that has the
same layout. Only the standard library: `make` runs this before there is a virtual environment.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
SUMS = CLONE / "terraform" / "terraform.sha256"
RELEASES = "https://releases.hashicorp.com/terraform"
OLDEST = (1, 11, 0)  # S3 state locking without DynamoDB; write-only arguments


class Unusable(Exception):
    """No Terraform can be had; the text says why and what to do."""


def version(binary: Path) -> tuple[int, ...] | None:
    """The version of this Terraform as numbers; None where it does not answer as Terraform does."""
    try:
        answer = subprocess.run(
            [binary, "version", "-json"], capture_output=True, text=True, timeout=60, check=True
        )
        text = json.loads(answer.stdout)["terraform_version"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None
    return tuple(int(part) for part in text.split("-")[0].split("."))


def archive() -> tuple[str, str, str]:
    """The pinned release for this machine: its version, its archive's name and that archive's SHA-256."""
    system = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system(), platform.system().lower())
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine().lower())
    for line in SUMS.read_text().splitlines():
        digest, _, name = line.partition("  ")
        if name.endswith(f"_{system}_{machine}.zip"):
            return name.split("_")[1], name, digest
    raise Unusable(
        f"There is no pinned Terraform for {system} {machine} in terraform/{SUMS.name}.\n"
        "Install Terraform 1.11 or newer yourself (developer.hashicorp.com/terraform/install) and try again."
    )


def fetch(target: Path) -> None:
    """Download the pinned release, check it, and put its binary at `target` in one move."""
    number, name, digest = archive()
    url = f"{os.environ.get('MAILROOM_TERRAFORM_RELEASES', RELEASES).rstrip('/')}/{number}/{name}"
    print(f"Fetching Terraform {number} into build/tools", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        zipped = Path(folder) / name
        try:
            with urllib.request.urlopen(url, timeout=60) as answer, zipped.open("wb") as file:
                shutil.copyfileobj(answer, file)
        except (urllib.error.URLError, OSError, ValueError) as problem:
            raise Unusable(
                f"Terraform is missing and could not be fetched from {url}: {problem}.\n"
                "Install Terraform 1.11 or newer (developer.hashicorp.com/terraform/install), or name "
                "a mirror in MAILROOM_TERRAFORM_RELEASES."
            ) from problem
        found = hashlib.sha256(zipped.read_bytes()).hexdigest()
        if found != digest:
            raise Unusable(
                f"{url} is not the release that this project pins: its SHA-256 is {found}, "
                f"terraform/{SUMS.name} says {digest}. Nothing was installed."
            )
        with zipfile.ZipFile(zipped) as content:
            binary = Path(content.extract("terraform", folder))
        binary.chmod(0o755)
        target.unlink(missing_ok=True)
        binary.replace(target)


def get(target: Path) -> Path:
    """See that `target` is a usable Terraform, by link or by download; answers `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if (version(target) or ()) >= OLDEST:
        return target
    on_path = shutil.which("terraform")
    found = version(Path(on_path)) if on_path else None
    if on_path and found and found >= OLDEST:
        target.unlink(missing_ok=True)
        target.symlink_to(on_path)
        return target
    if on_path:
        which = f"is {'.'.join(map(str, found))}" if found else "does not answer to `terraform version`"
        print(f"The Terraform on your PATH {which}; this project needs 1.11 or newer.", file=sys.stderr)
    fetch(target)
    return target


if __name__ == "__main__":
    try:
        get(CLONE / "build" / "tools" / "terraform")
    except Unusable as problem:
        sys.exit(str(problem))
