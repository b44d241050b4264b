"""Photos: reading, cropping with the way back, colour."""

from mirror_core.images.crop import Crop, middle_columns, square_crop
from mirror_core.images.photo import Photo, read_photo

__all__ = ["Crop", "Photo", "middle_columns", "read_photo", "square_crop"]
