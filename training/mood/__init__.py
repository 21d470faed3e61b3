"""Training and measuring the mood model."""
