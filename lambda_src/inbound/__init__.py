"""Mail in: opened as a stream, attachments kept apart, links put in, sent on to the people in its list."""
