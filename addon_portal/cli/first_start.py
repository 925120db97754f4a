"""The names that the first start of a portal gives; they stay."""

DEFAULT_TENANT = "default"
OPERATOR_KEY = "up"

DEMO_TENANT = "demo"
DEMO_KEY = "demo"
DEMO_KEY_FILE = "demo.key"
"""In the data directory, mode 0600: the key to the tenant demo."""
