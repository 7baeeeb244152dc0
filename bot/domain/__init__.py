"""The inner ring: papers, summaries, digests, posts, and the errors that all parts share.

Standard library only. Types are frozen and validate themselves; decisions are pure functions.
Nothing here reads a clock, a file or the network.
"""
