"""Floor 4: the questions, one file each."""
