"""Pages in Chromium, on the command centre's screen and on a phone."""
