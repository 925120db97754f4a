"""What the tests stand on: databases, waiting, factories, misbehaving programs. No tests of its own."""
