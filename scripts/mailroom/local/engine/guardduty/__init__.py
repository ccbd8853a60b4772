"""GuardDuty's Malware Protection for S3, as far as plans, scans and tags: no findings, no events."""
