"""What the command line says of errors that are not ours."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from mailroom import cli
from mailroom.errors import of_aws

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "PutObject")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (DENIED, "AWS refused PutObject: AccessDenied: not you"),
        (NoCredentialsError(), "no AWS credentials"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "not reached"),
    ],
)
def test_aws_in_words(problem: Exception, words: str) -> None:
    """A refusal names the call and AWS's own words; no credentials and no connection are told as such."""
    told = of_aws(problem)
    assert told is not None
    assert words in told.message
    assert told.hint


def test_other_errors_stay_errors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that is neither AWS's nor ours keeps its traceback; AWS's becomes words and exit code 1."""

    def broken(problem: Exception) -> None:
        def app() -> None:
            raise problem

        monkeypatch.setattr(cli, "app", app)

    broken(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main()
    broken(DENIED)
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    assert "mailroom: AWS refused PutObject" in capsys.readouterr().err
