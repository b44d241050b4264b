"""Photos: reading, cropping with the way back, colour."""

from mirror_core.images.crop import Crop, square_crop
from mirror_core.images.photo import Photo, read_photo

__all__ = ["Crop", "Photo", "read_photo", "square_crop"]
