"""Handlers: who may, which service, how the answer looks. Nothing is decided here."""
