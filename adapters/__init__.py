"""Chat platforms and other places to publish to, each behind the port in ``adapters.base``."""
