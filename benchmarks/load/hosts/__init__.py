"""The servers that can be put under load."""
