"""GitHub's REST API: as much of it as the reports need. Only the standard library.

Errors are MailroomErrors with GitHub's own words.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailroom.errors import MailroomError

PATIENCE_SECONDS = 30.0
PAGE = 100
MOST_PAGES = 50
Item = dict[str, Any]


@dataclass(frozen=True)
class GitHub:
    """One repository, reached with a workflow's token. `run` is the address of this workflow run."""

    repository: str
    token: str
    run: str
    api: str = "https://api.github.com"

    @classmethod
    def of_workflow(cls, environ: Mapping[str, str] = os.environ) -> GitHub:
        """From what a workflow sets; raises MailroomError, by name, for what is missing."""
        try:
            repository, token = environ["GITHUB_REPOSITORY"], environ["GITHUB_TOKEN"]
            run = f"{environ['GITHUB_SERVER_URL']}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}"
            return cls(repository, token, run, environ["GITHUB_API_URL"])
        except KeyError as missing:
            raise MailroomError(f"{missing.args[0]} is not set: this runs in a workflow.") from None

    def ours(self, path: str, marker: str, **query: str) -> Item | None:
        """The first item of a list that a workflow wrote and whose body begins with `marker`."""
        for item in self._all(path, query):
            if str(item.get("body") or "").startswith(marker) and item["user"]["type"] == "Bot":
                return item
        return None

    def ask(self, method: str, path: str, document: object = None) -> Any:
        """One call below this repository, JSON in and out."""
        request = urllib.request.Request(
            f"{self.api}/repos/{self.repository}/{path}",
            data=None if document is None else json.dumps(document).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "mailroom",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as problem:
            said = problem.read().decode(errors="replace")[:500]
            raise MailroomError(f"GitHub refused {method} {path}: {problem.code} {said}") from problem
        except (urllib.error.URLError, TimeoutError) as problem:
            raise MailroomError(f"GitHub does not answer {method} {path}: {problem}") from problem

    def _all(self, path: str, query: Mapping[str, str]) -> Iterator[Item]:
        """Every item of a list, page after page."""
        for page in range(1, MOST_PAGES + 1):
            words = urllib.parse.urlencode({**query, "per_page": str(PAGE), "page": str(page)})
            items: list[Item] = self.ask("GET", f"{path}?{words}")
            yield from items
            if len(items) < PAGE:
                return
