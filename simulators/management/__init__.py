"""Commands that fill and play the demo district."""
