"""From one photo of a garment or a clothed person to a textured, editable 3D mesh."""

__version__ = "0.1.0"
