"""What an answer must satisfy before it is published. Pure functions; each names what it found."""
