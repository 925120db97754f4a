"""The tenant portal's page in a real Chromium, against real portals and real programs."""
