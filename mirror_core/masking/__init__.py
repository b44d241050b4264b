"""Where the garment or person is in the photo."""

from mirror_core.masking.mask import Mask

__all__ = ["Mask"]
