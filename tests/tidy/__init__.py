"""The code about itself: sizes, docstrings, forbidden words, and whether the documents tell the truth."""
