"""Answers to people: every command and button, written once for all platforms.

``service`` is the way in. Nothing here knows a platform, and nothing here posts unasked.
"""
