"""`make package`: the same bytes everywhere, and only what a function needs."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mailroom import package, paths

SOURCES = {
    "lambda_src/__init__.py": "",
    "lambda_src/shared/__init__.py": "",
    "lambda_src/shared/used.py": "import json\n",
    "lambda_src/shared/unused.py": "x = 1\n",
    "lambda_src/post/__init__.py": "",
    "lambda_src/post/handler.py": "def handle(e, c):\n    from .logic import run\n    return run(e)\n",
    "lambda_src/post/logic.py": "from lambda_src.shared import used\ndef run(e): return used\n",
    "lambda_src/post/notes.md": "not code",
}


def write(root: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_zip_holds_the_handler_and_what_it_imports(tmp_path: Path) -> None:
    """A zip holds the handler's file, what it imports (late imports too) and their packages; no more."""
    package.package(write(tmp_path, SOURCES), tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "post.zip") as archive:
        assert archive.namelist() == [
            "lambda_src/__init__.py",
            "lambda_src/post/__init__.py",
            "lambda_src/post/handler.py",
            "lambda_src/post/logic.py",
            "lambda_src/shared/__init__.py",
            "lambda_src/shared/used.py",
        ]


def test_two_functions_of_a_capability_share_its_zip(tmp_path: Path) -> None:
    """Every module of a capability with a `handle` of its own is packed, with what it imports."""
    more = {
        "lambda_src/post/late.py": "from lambda_src.post import apart\ndef handle(e, c): return apart\n",
        "lambda_src/post/apart.py": "def run(): pass\n",
        "lambda_src/post/neither.py": "class A:\n    def handle(self): pass\n",
    }
    package.package(write(tmp_path, {**SOURCES, **more}), tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "post.zip") as archive:
        names = set(archive.namelist())
    assert {"lambda_src/post/handler.py", "lambda_src/post/late.py", "lambda_src/post/apart.py"} <= names
    assert "lambda_src/post/neither.py" not in names


def test_assets_go_into_the_zip_as_they_are(tmp_path: Path) -> None:
    """Every file of a capability's `assets` is in its zip, bytes untouched; hidden files stay out."""
    folder = write(tmp_path, SOURCES) / "lambda_src" / "post" / "assets"
    (folder / "deep").mkdir(parents=True)
    (folder / "page.html").write_bytes(b"\r\n<p>\xff\x00")
    (folder / "deep" / "script.js").write_bytes(b"1\n")
    (folder / ".DS_Store").write_bytes(b"a desktop's")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "page.html").write_bytes(b"an editor's")
    package.package(tmp_path, tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "post.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist() if "/assets/" in name}
        assert len(archive.namelist()) == len(set(archive.namelist()))
        assert "lambda_src/post/handler.py" in archive.namelist()
    assert held == {
        "lambda_src/post/assets/deep/script.js": b"1\n",
        "lambda_src/post/assets/page.html": b"\r\n<p>\xff\x00",
    }


def test_a_changed_asset_makes_a_new_zip(tmp_path: Path) -> None:
    """An asset that changed is packed anew, and one that is gone leaves the zip."""
    write(
        tmp_path, {**SOURCES, "lambda_src/post/assets/page.html": "one", "lambda_src/post/assets/b.css": "b"}
    )
    assert package.package(tmp_path, tmp_path / "out") == {"post": True}
    assert package.package(tmp_path, tmp_path / "out") == {"post": False}
    write(tmp_path, {"lambda_src/post/assets/page.html": "two"})
    assert package.package(tmp_path, tmp_path / "out") == {"post": True}
    (tmp_path / "lambda_src/post/assets/b.css").unlink()
    assert package.package(tmp_path, tmp_path / "out") == {"post": True}
    with zipfile.ZipFile(tmp_path / "out" / "post.zip") as archive:
        assert "lambda_src/post/assets/b.css" not in archive.namelist()


def test_two_folders_two_umasks_two_dates_give_the_same_bytes(tmp_path: Path) -> None:
    """Our own functions packaged in two folders, with other file modes and times, are equal byte for byte."""
    for name, mode in (("one", 0o600), ("two", 0o755)):
        root = tmp_path / name
        shutil.copytree(
            paths.CLONE / "lambda_src", root / "lambda_src", ignore=shutil.ignore_patterns("__pycache__")
        )
        for file in (each for each in root.rglob("*") if each.is_file()):
            file.chmod(mode)
            os.utime(file, (mode * 1000, mode * 1000))
        subprocess.run([sys.executable, package.__file__, str(root)], check=True, capture_output=True)
    zips = sorted((tmp_path / "one" / "build" / "lambda").glob("*.zip"))
    assert [file.stem for file in zips] == sorted(package.handlers(paths.CLONE))
    for file in zips:
        assert file.read_bytes() == (tmp_path / "two" / "build" / "lambda" / file.name).read_bytes()


def test_an_unchanged_source_leaves_the_zip_alone(tmp_path: Path) -> None:
    """A second run says 'unchanged' and does not touch the file; a changed source says so."""
    root = write(tmp_path, SOURCES)
    assert package.package(root, tmp_path / "out") == {"post": True}
    before = (tmp_path / "out" / "post.zip").stat().st_mtime_ns
    assert package.package(root, tmp_path / "out") == {"post": False}
    assert (tmp_path / "out" / "post.zip").stat().st_mtime_ns == before
    write(tmp_path, {"lambda_src/shared/used.py": "import os\n"})
    assert package.package(root, tmp_path / "out") == {"post": True}


def test_a_function_that_is_gone_leaves_no_zip(tmp_path: Path) -> None:
    """A folder that was removed from lambda_src leaves no zip for Terraform to deploy."""
    write(tmp_path, SOURCES)
    write(tmp_path, {"out/old.zip": "x"})
    package.package(tmp_path, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["post.zip"]


def test_broken_python_is_named_and_makes_no_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source that does not parse is named with its line, and the exit code is 1."""
    write(tmp_path, {**SOURCES, "lambda_src/post/logic.py": "def run(:\n"})
    assert package.main([str(tmp_path)]) == 1
    assert "logic.py:1" in capsys.readouterr().err
    assert not (tmp_path / "build" / "lambda" / "post.zip").exists()
