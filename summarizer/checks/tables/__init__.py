"""What the checks know of domains and languages, as data."""
