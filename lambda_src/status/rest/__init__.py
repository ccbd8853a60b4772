"""The parts of the query API: a request is read, looked up and answered here; `api.py` is its handler."""
