"""Training as a generator of events: recipes, the loop, losses, data, checkpoints.

Start at `trainable` (what can be trained) and `loop` (how).
"""
