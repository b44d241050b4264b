"""Datasets, recipes and evaluation on top of mirror_core; nothing in mirror_core imports this."""
