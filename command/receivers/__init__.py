"""What happens elsewhere and concerns the command."""
