"""A stand-in of a weather service: a page that issues and lifts warnings, and the Atom feed that carries them.

It shares no code with the platform that reads it.
"""
