"""The doors to the board, the desk and the leader's page."""
