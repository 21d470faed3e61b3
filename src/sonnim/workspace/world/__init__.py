"""The demo world: what a fictional company can export, with the truth that was planted in it."""
