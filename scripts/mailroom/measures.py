"""The house's measures, checked by `make lint`: `python -m mailroom.measures`.

Sizes of Python files and functions, and how far Terraform inputs are described and validated. The numbers
are goals that a reader feels; where one is missed, this names the places.
"""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mailroom import docs, paths

MEDIAN_FILE_LINES = 120
LONGEST_FILE_LINES = 400
LONG_FUNCTION_LINES = 60
LONG_FUNCTION_SHARE = 0.02
VALIDATED_SHARE = 1 / 3


def python_files() -> list[Path]:
    """The Python files that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=paths.CLONE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [paths.CLONE / name for name in listed.stdout.split() if (paths.CLONE / name).is_file()]


def function_lengths(file: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its length in lines."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{file.relative_to(paths.CLONE)}:{node.lineno} {node.name}"
            yield place, (node.end_lineno or node.lineno) - node.lineno + 1


def python_faults() -> Iterator[str]:
    """What is wrong with the sizes of files and functions; prints the figures."""
    files = python_files()
    lines = {file: len(file.read_text().splitlines()) for file in files}
    median = statistics.median(lines.values())
    functions = [found for file in files for found in function_lengths(file)]
    long = [(place, length) for place, length in functions if length > LONG_FUNCTION_LINES]
    print(
        f"{len(files)} Python files, median {median:.0f} lines, longest {max(lines.values())}; "
        f"{len(functions)} functions, {len(long)} over {LONG_FUNCTION_LINES} lines"
    )
    if median > MEDIAN_FILE_LINES:
        yield f"The median Python file has {median:.0f} lines; {MEDIAN_FILE_LINES} is the goal."
    for file, count in lines.items():
        if count > LONGEST_FILE_LINES:
            yield f"{file.relative_to(paths.CLONE)} has {count} lines: split it into files of one thing each."
    if len(long) > LONG_FUNCTION_SHARE * len(functions):
        yield f"Over {LONG_FUNCTION_SHARE:.0%} of the functions are long: " + ", ".join(
            place for place, _ in long
        )


def terraform_faults() -> Iterator[str]:
    """Inputs and outputs without a description, and too few validated inputs; prints the figures."""
    inputs = {
        f"{module.name}: {name}": body
        for module in paths.modules()
        for name, body in docs.blocks(module, "variable").items()
    }
    validated = [name for name, body in inputs.items() if "validation" in body]
    print(f"{len(inputs)} Terraform inputs, {len(validated)} validated")
    for name, body in inputs.items():
        if not str(body.get("description", "")).strip('"'):
            yield f"The input {name} has no description."
    for module in paths.modules():
        for name, body in docs.blocks(module, "output").items():
            if not str(body.get("description", "")).strip('"'):
                yield f"The output {module.name}: {name} has no description."
    if len(validated) < VALIDATED_SHARE * len(inputs):
        yield f"Only {len(validated)} of {len(inputs)} Terraform inputs are validated; a third is the goal."


def main() -> int:
    """Print the figures and every fault; 1 when there is one."""
    faults = [*python_faults(), *terraform_faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
