"""What is measured about the portal itself, for Prometheus."""
