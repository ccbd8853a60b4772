"""What Firehose does with records between a put and the bucket: buffers, a transform, prefixes, compression,
and a place for what went wrong. The streams themselves are the emulator's."""
