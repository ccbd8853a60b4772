"""One issue about drift: opened when AWS is not what was applied, kept up to date, closed when it is again.

    python -m mailroom.pipeline.drift --plans FOLDER --environments '["dev", "prod"]'

It runs in a job that may write issues and has no way into AWS. Only the standard library.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mailroom.errors import MailroomError

from . import markdown
from .github import GitHub
from .summary import Summary, names, read

MARKER = "<!-- mailroom: drift -->"
TITLE = "AWS is not what was applied"
HEADING = f"""{MARKER}
Somebody or something has changed what Terraform manages. Each plan below says what an apply would set right.

- Was it an accident? Deploy again: `gh workflow run deploy.yml -f environment=…`
- Was it meant? Write it into `terraform/`; with the merge it is deployed, and this issue closes by itself.

Looked at every night ([the last run]({{run}})); docs/pipeline.md says more."""


def settle(github: GitHub, summaries: Sequence[Summary]) -> str:
    """Open, change or close the issue; says what was done. It is closed only when every environment was
    looked at and none differs."""
    there = github.ours("issues", MARKER, state="open")
    if any(one.differs for one in summaries):
        body = markdown.document(HEADING.format(run=github.run), summaries, github.run)
        if there is None:
            number = github.ask("POST", "issues", {"title": TITLE, "body": body})["number"]
            return f"opened (#{number})"
        github.ask("PATCH", f"issues/{there['number']}", {"body": body})
        return f"changed (#{there['number']})"
    unseen = [one.environment for one in summaries if one.error]
    if there is None:
        return "not needed" + (f"; not looked at: {', '.join(unseen)}" if unseen else "")
    if unseen:
        return f"left open (#{there['number']}): {', '.join(unseen)} could not be looked at"
    names = ", ".join(one.environment for one in summaries)
    gone = f"{names}: what was applied is what is there. {github.run}"
    github.ask("POST", f"issues/{there['number']}/comments", {"body": gone})
    github.ask("PATCH", f"issues/{there['number']}", {"state": "closed", "state_reason": "completed"})
    return f"closed (#{there['number']})"


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.pipeline.drift")
    parser.add_argument("--plans", type=Path, required=True)
    parser.add_argument("--environments", type=names, required=True)
    given = parser.parse_args(arguments)
    try:
        print(f"The issue is {settle(GitHub.of_workflow(), read(given.plans, given.environments))}.")
    except MailroomError as problem:
        problem.tell()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
