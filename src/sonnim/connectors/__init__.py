"""Floor 2: bring in."""
