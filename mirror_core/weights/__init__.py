"""Trained models: which there are, where they lie, and whether they are undamaged."""

from mirror_core.weights.catalogue import KnownModel, read_catalogue
from mirror_core.weights.store import FOLDER_VARIABLE, find_model, weights_folder

__all__ = ["FOLDER_VARIABLE", "KnownModel", "find_model", "read_catalogue", "weights_folder"]
