"""Amazon Pinpoint, as far as accounts that still have it stream its events: applications, event streams, and
messages whose events they carry. Endpoints, segments, campaigns and journeys have ended."""
