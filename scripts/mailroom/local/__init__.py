"""The local cloud: AWS on this machine, with an SES of our own in front.

commands     mailroom local up|status|down|inbox
cloud        the same from Python: up, status, down, LocalCloud
keeper       the parent process that lets nothing outlive anything
serve        the process itself: front (HTTP), smtp (two doors), inbox (pages)
engine       our SES, pure Python, over the wire protocols of boto3's models
adapter      between the engine and the cloud behind it
patches      what that cloud answers wrongly, corrected
"""

from .commands import app

__all__ = ["app"]
