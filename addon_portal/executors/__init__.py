"""Ways to run: one contract (`base`), the host itself (`local`), and what this host can do (`host_features`)."""
