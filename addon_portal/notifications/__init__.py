"""Telling people: reading facts from the journal, and sending them until they have arrived."""
