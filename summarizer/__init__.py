"""From an abstract to the four parts: models, quotation, checks, and the four-part Markdown."""
