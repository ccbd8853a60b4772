"""What a release is made of: its section of CHANGELOG.md, and the functions' zips with their checksums.

    python -m mailroom.pipeline.release notes v0.1.0                 the section, as Markdown
    python -m mailroom.pipeline.release zips v0.1.0 --into dist      zips and SHA256SUMS, built twice
    python -m mailroom.pipeline.release same one/ two/               whether two machines built the same

Only the standard library.
"""

import argparse
import hashlib
import re
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from mailroom import package, paths
from mailroom.errors import MailroomError

SUMS = "SHA256SUMS"


def version_of(tag: str) -> str:
    """The version that a tag `v1.2.3` names; raises MailroomError where pyproject.toml has another."""
    project = tomllib.loads((paths.CLONE / "pyproject.toml").read_text())["project"]["version"]
    if tag != f"v{project}":
        raise MailroomError(
            f"The tag is {tag}, and pyproject.toml says version {project}: the tag is v{project}.",
            f"git tag v{project}",
        )
    return str(project)


def notes(changelog: str, version: str) -> str:
    """The section `## <version>, <day>` of the changelog, without its heading; raises MailroomError where
    there is none, where it is empty, or where it has no day."""
    found = re.search(rf"(?ms)^## {re.escape(version)}(?:, ([^\n]*))?\n(.*?)(?=^## |\Z)", changelog)
    if found is None or not found[2].strip():
        raise MailroomError(f"CHANGELOG.md has no section ## {version}, or an empty one.")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found[1] or ""):
        raise MailroomError(
            f"CHANGELOG.md does not say on which day {version} is released: ## {version}, 2026-12-31"
        )
    return found[2].strip()


def zips(version: str, into: Path) -> list[Path]:
    """Build every function's zip twice, from two copies of the sources, and write them, named with the
    version, beside their checksums. Raises MailroomError where the two builds differ."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mailroom-release-") as folder:
        builds = [_build(Path(folder) / name) for name in ("one", "two")]
        made = []
        for file in builds[0]:
            if file.read_bytes() != builds[1][builds[0].index(file)].read_bytes():
                raise MailroomError(f"{file.name} is not the same when it is built again.")
            made.append(into / f"mailroom-{file.stem}-{version}.zip")
            shutil.copy(file, made[-1])
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in made]
    (into / SUMS).write_text("".join(lines))
    return made


def _build(folder: Path) -> list[Path]:
    shutil.copytree(paths.CLONE / package.PACKAGE, folder / package.PACKAGE)
    package.package(folder, folder / "out")
    return sorted((folder / "out").glob("*.zip"))


def same(folders: list[Path]) -> str:
    """The checksums, where all folders have the same ones; raises MailroomError, by name, where not."""
    found = {folder: (folder / SUMS).read_text() for folder in folders}
    if len(set(found.values())) != 1:
        parts = "\n".join(f"{folder}:\n{text}" for folder, text in found.items())
        raise MailroomError(f"The machines did not build the same zips.\n{parts}")
    return next(iter(found.values()))


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.pipeline.release")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("notes", "zips"):
        command = commands.add_parser(name)
        command.add_argument("tag")
        command.add_argument("--into", type=Path, default=Path("dist"))
    commands.add_parser("same").add_argument("folders", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    try:
        if given.command == "same":
            print(same(given.folders), end="")
        elif given.command == "notes":
            print(notes((paths.CLONE / "CHANGELOG.md").read_text(), version_of(given.tag)))
        else:
            for file in zips(version_of(given.tag), given.into):
                print(file)
    except MailroomError as problem:
        problem.tell()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
