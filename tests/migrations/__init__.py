"""From nothing, from older tables, with newer ones."""
