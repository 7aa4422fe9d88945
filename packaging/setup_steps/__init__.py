"""The steps of `packaging/start.py`: standard library only, since they run before anything is installed."""
