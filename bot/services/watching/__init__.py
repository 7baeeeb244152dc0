"""Noticing what needs a person, and telling the operator: once, and once more when it is over.

Belongs here: which standing of which part is a person's business, what is said of it, and the round
that looks. Does not: how a part learns that it fails (its service reports it to ``health``), or how
a message goes out (a row in the outbox like any other).
"""
