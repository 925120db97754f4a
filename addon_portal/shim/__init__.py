"""The shim and the keeper: the two small processes that are the parents of what users run.

Standard library only, and no import of the rest of the product: a shim also runs where the product is not
installed.
"""
