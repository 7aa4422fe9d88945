"""The desktop studio: a Qt window over `core.engine`. Importing it loads no torch."""
