"""Synthetic photos of clothed people and garments, with everything known about them: camera, light, shape, surface."""
