"""The small web server: is it alive, is it ready, how does it fare; and calls from platforms.

Belongs here: aiohttp's server side, the metrics and their library, webhooks' doors (secret, size).
Does not: what a call means to its platform (the adapter's), or any decision about papers.
"""
