"""The command line: thin, it calls the workspace and prints."""
