"""Fitting the template to one photo: a start that follows the outline, then descent through the renderer."""
