"""Fitting the template to one photo: a start that already follows the contour, then optimisation through the renderer."""
