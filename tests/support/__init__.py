"""What the tests stand on: databases, waiting, factories, misbehaving programs; tests here are about those alone."""
