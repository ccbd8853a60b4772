"""Our SES: one state per Region, two APIs (v1, v2) and two SMTP doors over it."""
