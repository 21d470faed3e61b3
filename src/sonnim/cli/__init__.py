"""Floor 7: the command line; it only calls the workspace."""
