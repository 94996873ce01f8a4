"""What people fill in about the roster, their presence and the log."""
