"""Addon Portal runs long-running programs and says truthfully what happened to them.

This package root holds the version and nothing else, so that importing any part of it costs nothing.
"""

__version__ = "0.1.0"
