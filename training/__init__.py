"""How the shipped models were made: nothing in here is needed at run time."""
