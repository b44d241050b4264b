"""Arrays to Blender's data: mesh, material, camera, light."""
