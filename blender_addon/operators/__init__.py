# pyright: basic, reportMissingImports=false
"""The operators, and the file handler that makes dropping a photo one of them."""

from . import imports, reconstruct, results, setup, transfer, views

CLASSES = (*imports.CLASSES, *reconstruct.CLASSES, *results.CLASSES, *transfer.CLASSES, *views.CLASSES, *setup.CLASSES)
