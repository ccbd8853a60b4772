"""Between our engines and the cloud behind them: the embedded emulator, or somebody's LocalStack over
HTTP."""
