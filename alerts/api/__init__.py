"""Notices and warnings over HTTP."""
