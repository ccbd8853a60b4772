"""Many clicks at once, against what Terraform made."""

from mailroom.bench import clicks
from mailroom.environment import Environment

COUNT = 1_000


def test_a_thousand_clicks_bring_a_thousand_files(environment: Environment) -> None:
    """Of 1,000 clicks, 50 at once, each brings its file equal to the byte."""
    assert clicks.clicked(clicks.targets(environment, 20), COUNT, lambda _: None) == []


def test_a_click_that_fails_is_counted(environment: Environment) -> None:
    """A link that nobody gave out, and one whose file is another, are errors and not clicks."""
    made, other = clicks.targets(environment, 2)
    unknown = clicks.Target(f"{environment.output('links_url')}/{'u' * 43}", made.sha256)
    mixed = clicks.Target(made.url, other.sha256)
    found = clicks.clicked([unknown, mixed, other], 6, lambda _: None, in_flight=2)
    assert found == ["status 404", "another file"] * 2
