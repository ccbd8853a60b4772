"""Write the plans of a pull request into one comment, which is changed and not repeated.

    python -m mailroom.pipeline.report --plans FOLDER --environments '["dev"]' --pull-request 7

It runs in a job that may write to pull requests and has no way into AWS. What the plans say is data from code
that nobody has reviewed: it is cut, fenced and never run. Only the standard library.
"""

import argparse
import sys
from pathlib import Path

from mailroom.errors import MailroomError

from . import markdown
from .github import GitHub
from .summary import names, read

MARKER = "<!-- mailroom: plans -->"
HEADING = (
    f"{MARKER}\n### What this would change\n\n"
    "A preview of {commit}: what is deployed is planned again after the merge, and that plan is approved."
)


def report(github: GitHub, number: int, body: str) -> str:
    """Write the comment, or change the one that is there; says which."""
    there = github.ours(f"issues/{number}/comments", MARKER)
    if there is None:
        github.ask("POST", f"issues/{number}/comments", {"body": body})
        return "written"
    if there["body"] == body:
        return "unchanged"
    github.ask("PATCH", f"issues/comments/{there['id']}", {"body": body})
    return "changed"


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.pipeline.report")
    parser.add_argument("--plans", type=Path, required=True)
    parser.add_argument("--environments", type=names, required=True)
    parser.add_argument("--pull-request", type=int, required=True)
    parser.add_argument("--commit", default="this pull request")
    given = parser.parse_args(arguments)
    try:
        github = GitHub.of_workflow()
        summaries = read(given.plans, given.environments)
        body = markdown.document(HEADING.format(commit=given.commit), summaries, github.run)
        print(f"The comment is {report(github, given.pull_request, body)}.")
    except MailroomError as problem:
        problem.tell()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
