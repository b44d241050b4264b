"""Scenarios: the add-on as a guest in Blender's house."""

import inspect
import tomllib
from pathlib import Path

import bpy
from asking import complaint

NAME = "bl_ext.user_default.mirror"


def operators() -> list:
    return [getattr(bpy.ops.mirror, name) for name in dir(bpy.ops.mirror)]


def documented(env):
    """Every property, operator and panel says what it is in a sentence."""
    silent = []
    for cls in env.mirror.CLASSES:
        told = {cls.__name__: (cls.__doc__ or "").split("\n", maxsplit=1)[0]}
        if issubclass(cls, bpy.types.Operator):
            told = {cls.__name__: getattr(bpy.ops.mirror, cls.bl_idname.partition(".")[2]).get_rna_type().description}
        for name in inspect.get_annotations(cls):
            prop = cls.bl_rna.properties.get(name)
            if prop is not None:
                told[f"{cls.__name__}.{name}"] = prop.description
                assert not prop.description.endswith("."), (name, "Blender adds the full stop")
                if prop.type == "ENUM":
                    told.update({f"{cls.__name__}.{name}.{item.name}": item.description for item in prop.enum_items})
        silent += [name for name, text in told.items() if len(text) < 10]
    assert not silent, silent


def polls(env):
    """Asked whether it may run, every operator answers, whatever the scene is like."""

    def ask() -> dict[str, bool]:
        return {operator.idname(): operator.poll() for operator in operators()}

    assert len(operators()) == 13
    empty = ask()
    assert not empty["MIRROR_OT_reconstruct"]
    assert not empty["MIRROR_OT_orbit"]
    assert not empty["MIRROR_OT_transfer_texture"]
    assert empty["MIRROR_OT_sample"]
    assert empty["MIRROR_OT_import_photo"]
    assert not empty["MIRROR_OT_prepare_interpreter"]  # no network unless the user allowed it
    bpy.ops.mesh.primitive_cube_add()
    assert not ask()["MIRROR_OT_reset"]
    bpy.ops.mirror.load_result(directory=env.result)
    assert ask()["MIRROR_OT_reset"]
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    assert not ask()["MIRROR_OT_reset"]


def undoable(env):
    """Each operator that changes the scene makes one undo step, and says so to Blender."""
    names = (
        "reconstruct",
        "sample",
        "transfer_texture",
        "load_result",
        "apply_height",
        "orbit",
        "novel_views",
        "reset",
    )
    for name in (*names, "import_photo"):
        assert "UNDO" in getattr(bpy.types, f"MIRROR_OT_{name}").bl_options, name


def drop(env):
    """A dropped photo becomes the panel's photo; a dropped text does not."""
    handler = bpy.types.MIRROR_FH_photo
    assert handler.bl_import_operator == "mirror.import_photo"
    assert {".jpg", ".png", ".webp"} <= set(handler.bl_file_extensions.split(";"))
    assert bpy.ops.mirror.import_photo("INVOKE_DEFAULT", filepath=env.result_photo) == {"FINISHED"}
    photo = bpy.context.scene.mirror.photo
    assert tuple(photo.size) == (300, 220)
    text = Path(env.tmp) / "text.jpg"
    text.write_text("not a picture")
    for path, words in ((text, "not a picture that Blender can read"), (text.with_name("none.jpg"), "no photo at")):
        assert words in complaint(bpy.ops.mirror.import_photo, filepath=str(path))
        assert bpy.context.scene.mirror.photo == photo


def draw_panels(env):
    """The panels and the preferences can be drawn, idle, at work, and after a failure."""
    import types

    session = env.mirror.session.session

    class Layout:
        """Takes every call a layout does, and remembers the words."""

        def __init__(self, words):
            object.__setattr__(self, "words", words)

        def __setattr__(self, name, value):
            pass

        def __getattr__(self, name):
            def call(*args, **options):
                self.words.append((name, args, options))
                return self

            return call

    def drawn(panel):
        words = []
        stand = types.SimpleNamespace(layout=Layout(words))
        # Without a window there is no region, whose width says where lines end.
        names = {name: getattr(bpy.context, name) for name in ("scene", "object", "preferences")}
        panel.draw(stand, types.SimpleNamespace(**names, region=types.SimpleNamespace(width=260)))
        return str(words)

    main = bpy.types.MIRROR_PT_main
    assert "mirror.reconstruct" in drawn(main)
    status = env.mirror.tasks.Status(1, 4, "Fitting")
    session.task = types.SimpleNamespace(status=status, preview=None, cancel_label="Cancel")
    assert "Fitting" in drawn(main)
    assert "mirror.cancel" in drawn(main)
    assert "template_icon" not in drawn(main)
    session.task.status = env.mirror.tasks.Status(1, 4, "Fitting", "Compiling the renderer for this machine.")
    assert "text': 'Compiling the renderer for" in drawn(main)
    preview = types.SimpleNamespace(step=40, loss=0.125, picture=str(Path(env.result) / "texture.png"), mesh="")
    session.live.show(preview, 0.0)
    session.task.cancel_label = "Stop and Keep the Best"
    for words in ("template_icon", "Best so far: step 40, loss 0.125", "Stop and Keep the Best"):
        assert words in drawn(main)
    session.live.clear()
    session.task = None
    session.failure = env.mirror.errors.InterpreterError("No interpreter is set.", "Name one.")
    assert "No interpreter is set." in drawn(main)
    assert "mirror.open_preferences" in drawn(main)
    session.failure = None
    settings = bpy.context.scene.mirror
    for method, shown, hidden in (
        ("fit", "delight", "model"),
        ("mirror", "model", "generator"),
        ("invert", "finish", "fast"),
    ):
        settings.method = method
        words = drawn(bpy.types.MIRROR_PT_settings)
        assert f"'{shown}'" in words
        assert f"'{hidden}'" not in words
    assert "mirror.sample" in drawn(bpy.types.MIRROR_PT_sample)
    bpy.ops.mirror.load_result(directory=env.result)
    assert bpy.types.MIRROR_PT_attributes.poll(bpy.context)
    assert "mirror.transfer_texture" in drawn(bpy.types.MIRROR_PT_attributes)
    assert "3z² - 1" in drawn(bpy.types.MIRROR_PT_light)
    assert "SHA-256" in drawn(bpy.types.MIRROR_PT_provenance)


def copy_details(env):
    """The details that a user sends us name the versions."""
    session = env.mirror.session.session
    session.failure = env.mirror.errors.CrashError("It ended.", "Try again.", "its last words")
    copied = {}

    class Manager:
        def __setattr__(self, name, value):
            copied[name] = value

    import types

    env.mirror.operators.setup.MIRROR_OT_copy_details.run(None, types.SimpleNamespace(window_manager=Manager()))
    for words in ("CrashError: It ended. Try again.", bpy.app.version_string, "its last words"):
        assert words in copied["clipboard"]
    session.failure = None


def off_and_on(env):
    """Switched off, nothing of it is left; switched on again, it works."""
    bpy.ops.preferences.addon_disable(module=NAME)
    assert not hasattr(bpy.types.Scene, "mirror")
    assert not hasattr(bpy.types, "MIRROR_PT_main")
    assert dir(bpy.ops.mirror) == []
    bpy.ops.preferences.addon_enable(module=NAME)
    assert bpy.ops.mirror.load_result(directory=env.result) == {"FINISHED"}


def alone(env):
    """The add-on keeps heavy libraries out of Blender's process."""
    import sys

    assert not {"torch", "mirror_core", "numba", "scipy"} & set(sys.modules)


def permissions(env):
    """It asks for files, and for nothing else."""
    folder = Path(env.mirror.__file__).parent
    manifest = tomllib.loads((folder / "blender_manifest.toml").read_text())
    assert list(manifest["permissions"]) == ["files"]
    assert manifest["license"][0] == "SPDX:GPL-3.0-or-later"
    assert manifest["blender_version_min"] == "4.2.0"
    core = (folder / "core" / "mirror_core" / "__init__.py").read_text()
    assert f'"{manifest["version"]}"' in core
    assert (folder / "LICENSE").is_file()
    assert (folder / "LICENSES" / "GPL-3.0-or-later.txt").is_file()


def prepare(env):
    """With access to the network allowed, an environment is made (here of nothing) and then used."""
    folder = Path(env.mirror.__file__).parent
    requirements = folder / "core" / "requirements.txt"
    assert "torch" in requirements.read_text()
    requirements.write_text("# nothing to download in a test\n")
    env.preferences.interpreter = ""
    if not bpy.app.online_access:
        # Cannot be allowed from a script: call what the button calls.
        operator = env.mirror.operators.setup.MIRROR_OT_prepare_interpreter
        task = operator.start(None, bpy.context)
        import time

        while not task.poll():
            time.sleep(0.05)
    user = env.mirror.session.user_folder()
    found = env.mirror.runtime.find_runtime("", user)
    assert found.python.is_file()
    assert user in found.python.parents


def removed(env):
    """Uninstalled, its files are gone."""
    folder = Path(env.mirror.__file__).parent
    repos = [repo.module for repo in bpy.context.preferences.extensions.repos]
    bpy.ops.extensions.package_uninstall(repo_index=repos.index("user_default"), pkg_id="mirror")
    assert not (folder / "__init__.py").exists()
