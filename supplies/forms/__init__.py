"""What people fill in about stores and goods."""
