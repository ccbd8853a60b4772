"""`make bench`: ratios, counts and bytes of opening, starting, packing and sending (docs/bench.md)."""
