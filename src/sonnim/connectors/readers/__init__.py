"""Kinds of files, one reader each; `choose` finds the one that knows a file."""
