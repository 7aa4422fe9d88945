"""Text -> layout: what stands where, how many, in which relation."""
