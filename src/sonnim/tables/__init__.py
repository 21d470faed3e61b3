"""Floor 1: what the data means (schemas, units, privacy classes, errors)."""
