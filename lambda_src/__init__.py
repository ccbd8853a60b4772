"""The Lambda functions of Mailroom: one folder each, and `shared` for what two or more of them need."""
