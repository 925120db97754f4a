"""What goes in and what comes out: request models that refuse, answer models that document, and the way between."""
