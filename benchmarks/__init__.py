"""What the product costs: every row of the design's table that concerns one host, beside a bare Python program.

Run by `make bench`. Never part of the tests: machines differ, so nothing here passes or fails a build.
"""
