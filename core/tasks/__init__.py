"""One generator per kind of request: request in, events out."""
