"""Floor 5: the library's face."""
