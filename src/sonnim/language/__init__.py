"""Floor 3: read text (models)."""
