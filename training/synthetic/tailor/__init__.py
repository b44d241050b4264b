"""Garments cut by rule instead of taken from a folder, their fabrics, and cloth that stays outside what it covers."""
