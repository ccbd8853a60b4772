"""CloudWatch's metric math, searches for metrics, and dashboards: pure Python, no emulator imported."""
