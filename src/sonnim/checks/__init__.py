"""Floor 5: public exams for every kind of part."""
