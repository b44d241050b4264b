# pyright: basic, reportMissingImports=false, reportInvalidTypeForm=false
"""Other views of a result: a turn around it, cameras at new places, and back to the photo's."""

import dataclasses

import bpy
from bpy.props import FloatProperty, IntProperty

from ..builders import attributes
from ..builders.camera import place_camera
from ..errors import AddonError
from .results import ResultOperator

PATHS = ("location", "rotation_quaternion")


class MIRROR_OT_orbit(ResultOperator, bpy.types.Operator):
    """Animate the result's camera once around it, beginning at the photo's view"""

    bl_idname = "mirror.orbit"
    bl_label = "Orbit"
    bl_options = {"REGISTER", "UNDO"}

    frames: IntProperty(name="Frames", default=72, min=2, max=2000, description="Length of one turn")

    def run(self, context: bpy.types.Context) -> None:
        """Set a keyframe on every frame, and the scene's range to one turn."""
        camera, pose, placement = camera_of(context.object)
        camera.animation_data_clear()
        camera.rotation_mode = "QUATERNION"
        before = None
        for frame in range(self.frames):
            turned = dataclasses.replace(pose, azimuth=pose.azimuth + 360.0 * frame / self.frames)
            place_camera(camera, turned, placement)
            if before is not None:
                # Of the two quaternions of one rotation the one next to the last, or the camera would spin between.
                camera.rotation_quaternion.make_compatible(before)
            before = camera.rotation_quaternion.copy()
            for path in PATHS:
                camera.keyframe_insert(path, frame=frame + 1)
        scene = context.scene
        scene.camera, scene.frame_start, scene.frame_end = camera, 1, self.frames
        scene.frame_set(1)


class MIRROR_OT_novel_views(ResultOperator, bpy.types.Operator):
    """Add cameras around the result, evenly spread, each like the photo's"""

    bl_idname = "mirror.novel_views"
    bl_label = "Novel Views"
    bl_options = {"REGISTER", "UNDO"}

    count: IntProperty(
        name="Count", default=4, min=1, max=100, description="How many cameras, the photo's view included"
    )
    elevation: FloatProperty(
        name="Elevation", min=-90.0, max=90.0, description="Degrees to look from higher than the photo does"
    )

    def run(self, context: bpy.types.Context) -> None:
        """Add the cameras beside the photo's."""
        thing = context.object
        camera, pose, placement = camera_of(thing)
        height = max(-90.0, min(90.0, pose.elevation + self.elevation))
        for number in range(self.count):
            angle = 360.0 * number / self.count
            view = bpy.data.objects.new(f"{thing.name} view {angle:03.0f}", camera.data.copy())
            view.data.show_background_images = False
            for collection in thing.users_collection:
                collection.objects.link(view)
            view.parent = thing
            place_camera(view, dataclasses.replace(pose, azimuth=pose.azimuth + angle, elevation=height), placement)


class MIRROR_OT_reset(ResultOperator, bpy.types.Operator):
    """Bring camera and light back to what was estimated from the photo"""

    bl_idname = "mirror.reset"
    bl_label = "Reset"
    bl_options = {"REGISTER", "UNDO"}

    def run(self, context: bpy.types.Context) -> None:
        """Drop the camera's animation, and set the estimated attributes."""
        camera = context.object.mirror.camera
        if camera is not None:
            camera.animation_data_clear()
        attributes.reset(context.object)


def camera_of(thing: bpy.types.Object):
    """A result's camera, with its pose and placement.

    Raises:
        AddonError: the camera was deleted.
    """
    values = thing.mirror
    if values.camera is None:
        raise AddonError(f"The camera of {thing.name} was deleted.", "Undo that, or reconstruct again.")
    return values.camera, attributes.pose_of(values), attributes.placement_of(values)


CLASSES = (MIRROR_OT_orbit, MIRROR_OT_novel_views, MIRROR_OT_reset)
