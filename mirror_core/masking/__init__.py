"""Where the garment or person is in the photo."""

from mirror_core.masking.find import METHODS, find_mask
from mirror_core.masking.mask import Mask, check_mask

__all__ = ["METHODS", "Mask", "check_mask", "find_mask"]
