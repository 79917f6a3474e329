"""One stored document: its redacted copies, the seals behind them, and what parties ask."""
