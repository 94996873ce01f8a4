"""What the templates of the stores need."""
