"""Stand-ins that a person can run: the phone gateway, the demo district, the storm."""
