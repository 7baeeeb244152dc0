"""Settings and logging: what an operator can set, its defaults, and where each value came from."""
