"""Meaning: what the product's words say and every decision that needs no input or output.

Imports the standard library only. Promises that the same facts always give the same decision; leaves
reading facts to `evidence` and `executors`, and writing decisions down to `storage`.
"""
