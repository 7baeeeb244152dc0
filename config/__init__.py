"""Settings and logging: what an operator can set, its defaults, and where each value came from.

Belongs here: the models of the settings, the places they are read from, the rules between them,
their documentation, and the set-up of logging. Does not: the options of a chat (those are data in
the store) or of an adapter (each adapter declares its own).
"""
