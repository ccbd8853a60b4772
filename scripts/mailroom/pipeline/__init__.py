"""What the workflows in .github/workflows run: plan, keep, apply, look for drift, report, release.

`report`, `drift`, `ready` and `release` need only the standard library, so that jobs with a right to write to
the repository install nothing. docs/pipeline.md is the page about all of it.
"""
