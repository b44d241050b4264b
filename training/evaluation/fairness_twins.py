"""The same synthetic people in several tones of skin: all else in the photos is equal, to the pixel."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.errors import InputError
from training.evaluation.fairness_groups import median_lab
from training.synthesize import people
from training.synthetic.figure import Figure
from training.synthetic.people import People
from training.synthetic.piece import ByteArray
from training.synthetic.scene import Place, SceneSettings
from training.synthetic.studio.environment import environments
from training.synthetic.subject import Subject
from training.synthetic.truth import Truth

LAB = {
    "light": (71.0, 11.0, 18.0),
    "intermediate": (64.0, 13.0, 20.0),
    "tan": (57.0, 15.0, 21.0),
    "brown": (44.0, 17.0, 22.0),
    "dark": (27.0, 14.0, 18.0),
}
"""L*, a* and b* of each tone's skin, in typology angles 49, 35, 18, -15 and -52 degrees. All but brown are where
MakeHuman's skins are; of brown it has none."""
FAIREST = "caucasian"
"""Skins of this ancestry are painted darker: darkening clips no colours."""
VIEWS = (90, 180, 270)


@dataclass(frozen=True)
class Twins:
    """Draws people, each in all tones."""

    people: People
    place: Place
    seed: int

    def name(self, number: int) -> str:
        """Of a person, in all tones."""
        return f"twin-{self.seed}-{number:04d}"

    def draw(self, number: int) -> Iterator[tuple[str, Truth]]:
        """Tone and truth of a person; the same number gives the same person, pose, clothes, camera, light and noise."""
        figure = self.people.draw(np.random.default_rng([self.seed, number, 0]))
        for tone in LAB:
            subject = Subject.of(retone(figure, tone))
            rng = np.random.default_rng([self.seed, number, 1])
            yield tone, self.place.photograph(subject, self.name(number), rng)[0]


def open_twins(assets: Path, surroundings: Path | None, seed: int) -> Twins:
    """Draws people from a folder of MakeHuman's assets, in the light of a folder of panoramas.

    Raises:
        InputError: the folder has no skin to begin with.
    """
    drawer = people(assets, None)
    fair = tuple(skin for skin in drawer.skins if skin.ancestry == FAIREST)
    if not fair:
        raise InputError(f"{assets} has no skins/*_{FAIREST}_*.png.", "Name a folder with such skins.")
    place = Place(environments(surroundings) if surroundings else (), (), SceneSettings(views=VIEWS))
    return Twins(replace(drawer, skins=fair), place, seed)


def retone(figure: Figure, tone: str) -> Figure:
    """The same person with a skin whose median colour is the tone's; brows, lips and shades keep their proportion."""
    return replace(
        figure,
        pieces=tuple(
            replace(piece, texture=_tinted(piece.texture, tone)) if piece.name == "skin" else piece
            for piece in figure.pieces
        ),
    )


def _tinted(picture: ByteArray, tone: str) -> ByteArray:
    """Colours times one factor a channel, as light multiplies them; alpha as it is."""
    now, goal = _rgb(median_lab(picture[..., :3].reshape(-1, 3))), _rgb(np.array(LAB[tone]))
    tinted = picture.copy()
    tinted[..., :3] = np.rint(picture[..., :3] * (goal / now)).clip(0, 255)
    return tinted


def _rgb(lab: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return cv2.cvtColor(np.asarray(lab, np.float32)[None, None], cv2.COLOR_LAB2RGB)[0, 0]
