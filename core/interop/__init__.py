"""Other tools' metadata, in and out."""
