"""Floor 2: keep (Delta Lake)."""
