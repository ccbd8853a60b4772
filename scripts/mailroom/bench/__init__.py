"""`make bench`: what opening, importing, packing and sending cost, as ratios, counts and bytes (docs/bench.md)."""
