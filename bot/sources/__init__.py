"""Where papers come from: Hugging Face's Daily Papers and arXiv.

Each source is a fetcher (aiohttp) beside pure ``parse_*`` functions. What an upstream sends is
data: checked for type, size and shape before it is parsed.
"""
