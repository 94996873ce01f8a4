"""The roster, presence and the log over HTTP."""
