"""What people in the field, and those who answer for them, open."""
