"""One module per group of commands. Each parses, asks one thing of somebody else, and shows the answer."""
