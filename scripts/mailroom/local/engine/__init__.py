"""Engines for what the emulator has not: pure Python, no emulator imported anywhere below."""
