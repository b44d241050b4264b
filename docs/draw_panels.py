"""Draw docs/pictures/panel.png, result.png and inversion_panel.png: the add-on at work in a real Blender window.

python docs/draw_panels.py [panel] [result] [inversion_panel]      (in .venv; all of them unless some are named)

Takes a Blender with a window, as addon_tests/real_window.py finds it: MIRROR_BLENDER names its program, or `blender` is
on the PATH; DISPLAY, or an Xvfb on the PATH. The add-on is built anew and the shipped models are run.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageGrab

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "addon_tests"))

from real_window import Window, missing  # noqa: E402  (the add-on's tests are no package)

EXAMPLES = ROOT / "examples"
STEP = 120
"""Of the search whose picture is taken: most of it is done, and it still changes."""
SCENARIOS = {
    "panels.result": ("tshirt.jpg", ("panel", "result")),
    "panels.search": ("figure.jpg", ("inversion_panel",)),
}
"""Each with its photo, and the pictures it asks for."""
LARGEST = 250_000
"""Bytes of a picture."""


def grab(folder: Path, environment: dict[str, str]) -> None:
    """Take the pictures that a scenario asks for by a file NAME.wanted."""
    for wanted in folder.glob("*.wanted"):
        ImageGrab.grab(xdisplay=environment.get("DISPLAY")).save(wanted.with_suffix(".png"))
        wanted.unlink()


def save_small(picture: Image.Image, path: Path) -> None:
    """As PNG, with as many colours as there is room for."""
    for colours in (0, 256, 128, 64):
        reduced = picture.quantize(colours, dither=Image.Dither.NONE) if colours else picture
        reduced.save(path, optimize=True)
        if path.stat().st_size < LARGEST:
            return


def main(names: list[str]) -> None:
    """Play each scenario that has one of these pictures."""
    if reason := missing():
        sys.exit(f"No picture can be taken here: {reason}.")
    names = names or [name for _, drawn in SCENARIOS.values() for name in drawn]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build = ROOT / "blender_addon" / "packaging" / "build_zip.py"
        subprocess.run([sys.executable, str(build), "--out", temporary], check=True)
        window = Window(next(folder.glob("*.zip")), sys.executable, folder)
        for scenario, (photo, drawn) in SCENARIOS.items():
            if not set(drawn) & set(names):
                continue
            given = {"photo": str(EXAMPLES / photo), "step": STEP}
            window.run(scenario, lambda environment: grab(folder, environment), 1800, **given)
            for name in set(drawn) & set(names):
                with Image.open(folder / f"{name}.png") as picture:
                    save_small(picture.convert("RGB"), ROOT / "docs" / "pictures" / f"{name}.png")


main(sys.argv[1:])
