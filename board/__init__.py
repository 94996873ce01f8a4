"""What the command centre looks at: the situation board."""
