"""The process beside Blender that does the work: `python -m mirror_core.worker`."""
