"""The word with which the cloud around an engine says no."""


class Refused(Exception):
    """The cloud around an engine would not let it do something; the message says what and why."""


class Missing(Refused):
    """What it was to be done to is not there."""
