"""Layouts that tools export, one file each; `recognised` finds the one that a file has."""
