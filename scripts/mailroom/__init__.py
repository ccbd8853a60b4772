"""The operator's command: `mailroom`. One module (or folder) for each capability, named like it."""
