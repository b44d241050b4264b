# pyright: basic, reportMissingImports=false
"""The camera that overlays the photo: in a render of the photo's shape every pixel is the photo's."""

import bpy
import numpy as np
from mathutils import Matrix

from ..geometry import SENSOR, Placement, Pose, camera_matrix, lens
from ..result_folder import Result


def build_camera(result: Result, name: str) -> bpy.types.Object:
    """A camera with the photo behind what it sees, at no particular place yet."""
    data = bpy.data.cameras.new(f"{name} camera")
    data.sensor_fit, data.sensor_width = "AUTO", SENSOR
    data.lens, data.shift_x, data.shift_y = lens(result.crop, result.photo_size)
    data.clip_start, data.clip_end = 0.001, 1000.0
    _show_photo(data, result)
    return bpy.data.objects.new(f"{name} camera", data)


def _show_photo(data: bpy.types.Camera, result: Result) -> None:
    path = result.upright_photo
    if not path.is_file():
        return
    background = data.background_images.new()
    background.image = bpy.data.images.load(str(path), check_existing=path == result.photo)
    if path != result.photo:
        background.image.name = f"{result.photo.stem} upright"
        background.image.pack()
    background.frame_method, background.display_depth, background.alpha = "FIT", "BACK", 1.0
    data.show_background_images = True


def place_camera(camera: bpy.types.Object, pose: Pose, placement: Placement) -> None:
    """Put a camera where the pose says, in the space of the object it hangs on."""
    camera.matrix_local = Matrix(np.asarray(camera_matrix(pose, placement)).tolist())


def match_render(scene: bpy.types.Scene, photo_size: tuple[int, int]) -> None:
    """Give the scene's renders the photo's size, and colours that nothing alters."""
    render = scene.render
    render.resolution_x, render.resolution_y = photo_size
    render.resolution_percentage = 100
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "None"
