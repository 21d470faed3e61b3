"""Measures of networks: pure functions of arrays of edges, without engine or table.

A person is a number from 0 on; an edge stands at the same place in three arrays. Nothing here loops
over edges in Python.
"""
