"""What a photo is explained by: camera and light (and, beside them, shape and texture)."""

from mirror_core.attributes.bundle import Attributes
from mirror_core.attributes.camera import Camera
from mirror_core.attributes.light import ambient_light
from mirror_core.attributes.weak_perspective import WeakPerspective

__all__ = ["Attributes", "Camera", "WeakPerspective", "ambient_light"]
