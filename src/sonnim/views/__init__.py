"""Floor 3: show answers (charts, tables, report)."""
