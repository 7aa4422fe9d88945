"""The embedded world: a few solids on a table, rendered exactly."""
