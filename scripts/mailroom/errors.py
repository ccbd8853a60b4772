"""The one error that people see.

MailroomError
└── (subclasses, where a caller must tell them apart, live beside the code that raises them)
"""


class MailroomError(Exception):
    """Something that the person at the keyboard can understand and act upon.

    `message` says what is wrong and where; `hint` names the next command to try.
    The command line prints both on stderr and exits with 1.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
