"""Ways to tell somebody, a folder each; `base` says what each has to do, and one suite of tests holds for all."""
