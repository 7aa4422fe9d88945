"""Single controls: they show and ask, and know nothing of jobs or models."""
