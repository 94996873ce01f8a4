"""One folder per channel: the same contract, nothing shared but it."""
