"""Pictures with captions that models learn from, made outside the repository. No torch here."""
