"""One file for each command; it is loaded when the command is called, not for `--help`."""
