"""Coverage-guided fuzzing of the parsers (`make fuzz`); see README.md."""
