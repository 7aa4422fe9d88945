"""Panels: layout, and which view model's field goes where. Nothing is decided here."""
