"""Floor 2: compute (DuckDB, Spark)."""
