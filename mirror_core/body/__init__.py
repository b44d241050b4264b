"""Bodies of people: shape and pose to vertices, differentiable in both."""

from mirror_core.body.adults import AVERAGE_ADULT, SHAPE_NAMES
from mirror_core.body.anny import AnnyBody, load_body
from mirror_core.body.protocol import Body, Posed

__all__ = ["AVERAGE_ADULT", "SHAPE_NAMES", "AnnyBody", "Body", "Posed", "load_body"]
