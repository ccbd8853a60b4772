"""Make the zips that Lambda runs: `make package`.

One zip for each capability's functions, byte for byte the same from the same sources on every machine:
entries sorted, one fixed date, one mode, stored without compression (zlib's output differs between its
builds). It holds the handlers, what they import of `lambda_src`, and the files of the capability's folder
`assets`; nothing else. Only the standard library, so that it runs before there is a virtual environment.

    python scripts/mailroom/package.py [SOURCES [TARGET]]
"""

import ast
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

PACKAGE = "lambda_src"
ASSETS = "assets"  # the folder of a capability whose files go into its zip as they are
FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
FIXED_MODE = 0o100644  # a plain file, readable by Lambda's user whatever the umask here was
UNIX = 3


def module_file(root: Path, module: str) -> Path | None:
    """The file of a dotted module name below `root`; None where it is not ours."""
    path = root.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def imports_of(source: Path, module: str) -> set[str]:
    """Dotted names of what a module may import, wherever in the file the import stands.

    Raises SyntaxError for a file that is not Python.
    """
    package = module if source.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes(), filename=str(source))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def needed(root: Path, handlers: Iterable[str]) -> list[Path]:
    """The files that handlers need: themselves, what they import of `lambda_src`, and their packages."""
    waiting, seen, files = list(handlers), set[str](), set[Path]()
    while waiting:
        module = waiting.pop()
        if module in seen or not module.startswith(PACKAGE):
            continue
        seen.add(module)
        waiting.append(module.rpartition(".")[0])
        if source := module_file(root, module):
            files.add(source)
            waiting.extend(imports_of(source, module))
    return sorted(files, key=lambda file: file.relative_to(root).as_posix())


def assets(root: Path, capability: str) -> list[Path]:
    """The files below a capability's `assets`, in the zip's order, without hidden ones (an editor's)."""
    folder = root / PACKAGE / capability / ASSETS
    found = [file for file in folder.rglob("*") if file.is_file() and not _hidden(file.relative_to(folder))]
    return sorted(found, key=lambda file: file.relative_to(root).as_posix())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def handlers(root: Path) -> dict[str, list[str]]:
    """Every capability and its handlers' modules: those in its folder of `lambda_src` that define `handle`.

    Most have one, `handler`. Raises SyntaxError for a file that is not Python.
    """
    found: dict[str, list[str]] = {}
    for file in sorted((root / PACKAGE).glob("*/*.py")):
        if any(_is_handle(node) for node in ast.parse(file.read_bytes(), filename=str(file)).body):
            found.setdefault(file.parent.name, []).append(f"{PACKAGE}.{file.parent.name}.{file.stem}")
    return found


def _is_handle(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "handle"


def write_zip(root: Path, files: list[Path], target: Path) -> bool:
    """Write `files` (below `root`) into the zip `target`; True when its bytes changed."""
    fresh = target.with_suffix(".part")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), FIXED_DATE)
            entry.create_system = UNIX
            entry.external_attr = FIXED_MODE << 16
            archive.writestr(entry, file.read_bytes())
    if target.is_file() and target.read_bytes() == fresh.read_bytes():
        fresh.unlink()
        return False
    fresh.replace(target)
    return True


def package(root: Path, target: Path) -> dict[str, bool]:
    """Write one zip for each capability below `root/lambda_src` into `target`; name -> whether it changed."""
    target.mkdir(parents=True, exist_ok=True)
    made = {
        name: write_zip(root, needed(root, modules) + assets(root, name), target / f"{name}.zip")
        for name, modules in handlers(root).items()
    }
    for old in target.glob("*.zip"):
        if old.stem not in made:
            old.unlink()
    return made


def main(arguments: list[str]) -> int:
    """`[SOURCES [TARGET]]`, by default this clone and its `build/lambda`."""
    clone = Path(__file__).resolve().parents[2]
    root = Path(arguments[0]) if arguments else clone
    target = Path(arguments[1]) if len(arguments) > 1 else root / "build" / "lambda"
    try:
        made = package(root, target)
    except SyntaxError as problem:
        print(f"{problem.filename}:{problem.lineno}: {problem.msg}; no zip was made", file=sys.stderr)
        return 1
    for name, changed in made.items():
        size = (target / f"{name}.zip").stat().st_size
        print(f"{name}.zip  {size / 1024:.0f} KB  {'made' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
