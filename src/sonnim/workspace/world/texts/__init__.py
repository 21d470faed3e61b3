"""Texts as customers, agents and employees write them, from hand-written fragments."""
