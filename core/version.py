"""The edition of Noisette, as recipes and files state it."""

VERSION = "0.1.0"
