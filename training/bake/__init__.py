"""Data that the package carries, made from other packages once."""
