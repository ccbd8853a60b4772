"""Where Terraform comes from: the PATH, or the pinned release, checked."""

import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mailroom import get_terraform

FAKE = '#!/bin/sh\necho \'{"terraform_version": "%s"}\'\n'


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FAKE % version)
    path.chmod(0o755)
    return path


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A loopback server with one release, 9.9.9, whose SHA-256 the 'repo' holds; answers its zip."""
    _, name, _ = get_terraform.archive()
    name = "_".join(["terraform", "9.9.9", *name.split("_")[2:]])
    zipped = tmp_path / "releases" / "9.9.9" / name
    zipped.parent.mkdir(parents=True)
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("terraform", FAKE % "9.9.9")
    sums = tmp_path / "terraform.sha256"
    sums.write_text(f"{hashlib.sha256(zipped.read_bytes()).hexdigest()}  {name}\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "releases")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(get_terraform, "SUMS", sums)
    monkeypatch.setenv("MAILROOM_TERRAFORM_RELEASES", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("PATH", f"{tmp_path / 'empty'}{os.pathsep}/bin{os.pathsep}/usr/bin")
    yield zipped
    server.shutdown()
    server.server_close()


def test_one_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Terraform on the PATH that is new enough is linked, and nothing is fetched."""
    there = program(tmp_path / "bin" / "terraform", "1.12.0")
    monkeypatch.setenv("PATH", str(there.parent) + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(get_terraform, "fetch", lambda _: pytest.fail("fetched"))
    assert get_terraform.get(tmp_path / "tools" / "terraform").resolve() == there


def test_a_missing_one_is_fetched_once(tmp_path: Path, releases: Path) -> None:
    """Without a Terraform the pinned release comes from the server, runs, and is not fetched again."""
    target = get_terraform.get(tmp_path / "tools" / "terraform")
    assert get_terraform.version(target) == (9, 9, 9)
    releases.unlink()
    assert get_terraform.get(target) == target
    assert [file.name for file in target.parent.iterdir()] == ["terraform"]


def test_an_old_one_is_named_and_passed_over(
    tmp_path: Path, releases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Terraform that is too old is named with its version, and the pinned release is taken instead."""
    old = program(tmp_path / "old" / "terraform", "1.5.7")
    monkeypatch.setenv("PATH", str(old.parent) + os.pathsep + "/usr/bin" + os.pathsep + "/bin")
    target = get_terraform.get(tmp_path / "tools" / "terraform")
    assert get_terraform.version(target) == (9, 9, 9)
    assert "is 1.5.7; this project needs 1.11" in capsys.readouterr().err


def test_a_wrong_download_is_refused(tmp_path: Path, releases: Path) -> None:
    """A release whose SHA-256 is not the pinned one is refused, and nothing is installed."""
    releases.write_bytes(releases.read_bytes() + b"!")
    with pytest.raises(get_terraform.Unusable, match="Nothing was installed"):
        get_terraform.get(tmp_path / "tools" / "terraform")
    assert list((tmp_path / "tools").iterdir()) == []


def test_no_download_says_how_to_get_it(tmp_path: Path, releases: Path) -> None:
    """Where the release cannot be fetched, the address and the way to install it are named."""
    releases.unlink()
    with pytest.raises(get_terraform.Unusable, match=r"(?s)9\.9\.9.*404.*Install Terraform 1\.11"):
        get_terraform.get(tmp_path / "tools" / "terraform")


def test_every_usual_platform_is_pinned() -> None:
    """The repo pins a SHA-256 for Linux and macOS on both processors, all of one version."""
    lines = [line.split("  ") for line in get_terraform.SUMS.read_text().splitlines()]
    platforms = {name.partition("_")[2].partition("_")[2] for _, name in lines}
    assert platforms == {"linux_amd64.zip", "linux_arm64.zip", "darwin_amd64.zip", "darwin_arm64.zip"}
    assert len({name.split("_")[1] for _, name in lines}) == 1
    assert all(len(digest) == 64 for digest, _ in lines)
