"""The parts of the command line that decide without asking anybody."""
