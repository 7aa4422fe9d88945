"""View models: frozen inputs, a pure `derive`, and word of what changed. No widgets here."""
