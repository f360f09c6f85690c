"""Acts: one cycle, one loop, one ledger."""
