"""What is released: the changelog's section, and zips that are the same wherever they are built."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from mailroom import package, paths
from mailroom.errors import MailroomError
from mailroom.pipeline import release

CHANGES = """# Changes

## 1.1.0, 2026-12-31

- New.

### More

- Newer.

## 1.0.0, 2026-11-30

- First.

## 0.9.0, not released yet

- Not yet.

## 0.8.0, 2026-01-01

"""


def test_a_section_is_its_text() -> None:
    """From its heading to the next one, sub-headings in it."""
    assert release.notes(CHANGES, "1.1.0") == "- New.\n\n### More\n\n- Newer."
    assert release.notes(CHANGES, "1.0.0") == "- First."


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("2.0.0", "no section ## 2.0.0"),
        ("1.0", "no section"),
        ("0.9.0", "on which day"),
        ("0.8.0", "an empty one"),
    ],
)
def test_a_version_without_its_section_is_not_released(version: str, words: str) -> None:
    """A missing, empty or undated section stops the release."""
    with pytest.raises(MailroomError, match=words):
        release.notes(CHANGES, version)


def test_the_tag_is_the_project_s_version(capsys: pytest.CaptureFixture[str]) -> None:
    """A tag that says something else than pyproject.toml is refused, with the tag to set."""
    version = release.version_of("v0.1.0")
    assert f'version = "{version}"' in (paths.CLONE / "pyproject.toml").read_text()
    assert release.main(["notes", "v99.0.0"]) == 1
    assert f"git tag v{version}" in capsys.readouterr().err


def test_zips_are_built_twice_and_named_with_the_version(tmp_path: Path) -> None:
    """Each function's zip beside its checksum, as sha256sum -c reads it."""
    made = release.zips("1.2.3", tmp_path)
    assert [file.name for file in made] == [
        f"mailroom-{name}-1.2.3.zip" for name in sorted(package.handlers(paths.CLONE))
    ]
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines == [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in made]
    assert zipfile.ZipFile(made[0]).testzip() is None


def test_a_zip_that_is_another_the_second_time_is_not_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something in the build that is not in the sources, such as a date, is found."""
    original = package.write_zip

    def write_zip(root: Path, files: list[Path], target: Path) -> bool:
        (root / package.PACKAGE / "__init__.py").write_text(f"x = '{root.name}'")
        return original(root, files, target)

    monkeypatch.setattr(package, "write_zip", write_zip)
    with pytest.raises(MailroomError, match="is not the same when it is built again"):
        release.zips("1.2.3", tmp_path)


def test_two_machines_must_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal checksums are printed; others stop the release and are shown side by side."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "SHA256SUMS").write_text("abc  a.zip\n")
    folders = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert release.main(["same", *folders]) == 0
    assert capsys.readouterr().out == "abc  a.zip\n"
    (tmp_path / "two" / "SHA256SUMS").write_text("abd  a.zip\n")
    assert release.main(["same", *folders]) == 1
    assert "abd  a.zip" in capsys.readouterr().err
