"""`python -m mailroom.local …` is `mailroom local …`."""

import sys

from mailroom.errors import MailroomError

from . import app

try:
    app()
except MailroomError as problem:
    print(f"mailroom local: {problem.message}", file=sys.stderr)
    if problem.hint:
        print(f"  try: {problem.hint}", file=sys.stderr)
    sys.exit(1)
