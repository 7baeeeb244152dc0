"""Sulan killed again and again: whole programs against platforms that are played.

Here belongs the harness behind ``make kill``: the world around the program (``world`` and what it
is made of), the places at which it is killed (``points``), and the comparison of what the platforms
saw with what the store says (``reckoning``). No code of the program knows of it, and nothing here
is shipped. The tests that kill in virtual time, step by step, stand in tests/integration.
"""
