"""A signed POST, after the Standard Webhooks specification."""
