"""The one error that people see.

MailroomError
└── (subclasses, where a caller must tell them apart, live beside the code that raises them)
"""

import sys


class MailroomError(Exception):
    """Something that the person at the keyboard can understand and act upon.

    `message` says what is wrong and where; `hint` names the next command to try.
    The command line prints both on stderr and exits with 1.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def tell(self) -> None:
        """Print both on stderr."""
        print(f"mailroom: {self.message}", file=sys.stderr)
        if self.hint:
            print(f"  try: {self.hint}", file=sys.stderr)


def of_aws(problem: Exception) -> MailroomError | None:
    """What boto3 raised, in words: AWS's refusal, or an AWS that is not reached. None for anything else."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    if isinstance(problem, ClientError):
        error = problem.response.get("Error", {})
        said = f"{error.get('Code', 'an error')}: {error.get('Message', '')}".strip(": ")
        return MailroomError(f"AWS refused {problem.operation_name}: {said}", "aws sts get-caller-identity")
    if isinstance(problem, NoCredentialsError):
        return MailroomError("There are no AWS credentials here.", "aws sso login (or aws configure)")
    if isinstance(problem, BotoCoreError):
        return MailroomError(f"AWS was not reached: {problem}", "aws sts get-caller-identity")
    return None
