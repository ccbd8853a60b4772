"""The stable links to attachments: looked up, checked and signed at the click."""
