"""Deaths and freezes of every process of a real portal, at every stage of a run: what it says stays true."""
