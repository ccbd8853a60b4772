"""Sent mail, looked at in a browser."""
