"""A photo and its mask seen anew: another window, another background, other colours."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

ByteArray = npt.NDArray[np.uint8]

SHAPES = ((12, 8), (11, 9), (10, 10), (9, 11))
"""Height and width of the pictures, in twelfths of the long side: about as many pixels each, upright ones first."""
OFTEN = (0.5, 0.3, 0.1, 0.1)


@dataclass(frozen=True)
class MaskViews:
    """How much photos are changed."""

    zoom: tuple[float, float] = (0.85, 1.15)
    """Of the photo, from where it just fills the picture."""
    turn: float = 6.0
    """Degrees, either way."""
    stretch: float = 0.1
    """Of height against width, either way."""
    swap: float = 0.2
    """Share of photos that get the background of another."""
    colour: float = 0.25
    """Of brightness, contrast and single colours, either way."""
    spoilt: float = 0.1
    """Share of photos that are blurred; of photos with noise; and half as many are grey."""

    def shape(self, random: np.random.Generator, long_side: int) -> tuple[int, int]:
        """Height and width of a batch's pictures."""
        tall, wide = SHAPES[random.choice(len(SHAPES), p=OFTEN)]
        return tall * long_side // 12, wide * long_side // 12

    def __call__(
        self, picture: ByteArray, behind: ByteArray | None, shape: tuple[int, int], random: np.random.Generator
    ) -> ByteArray:
        """A view of a photo.

        Args:
            picture: (h, w, 4), RGB and mask.
            behind: another, whose background is taken at times.
            shape: height and width of the view.
            random: the same numbers give the same view.

        Returns:
            (H, W, 4).
        """
        seen = self.window(picture, shape, random)
        colours, mask = self.coloured(seen[..., :3], random), seen[..., 3:]
        if behind is not None and random.random() < self.swap:
            place = self.window(behind, shape, random)
            there = self.coloured(emptied(place), random)
            share = np.asarray(cv2.GaussianBlur(mask, (3, 3), 0.7), np.float32)[..., None] / np.float32(255.0)
            colours = (colours * share + there * (1.0 - share)).round().astype(np.uint8)
        return np.dstack([self.spoil(colours, random), mask])

    def window(self, picture: ByteArray, shape: tuple[int, int], random: np.random.Generator) -> ByteArray:
        """Zoomed, shifted, turned, stretched, mirrored; beyond the photo its edge goes on, or some colour is."""
        (height, width), (tall, wide) = picture.shape[:2], shape
        fill = max(tall / height, wide / width)
        scale = fill * random.uniform(*self.zoom) * np.exp(np.array([1.0, -1.0]) * random.uniform(-1, 1) * self.stretch)
        flip = np.array([random.choice([-1.0, 1.0]), 1.0])
        angle = np.deg2rad(random.uniform(-self.turn, self.turn))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = turn * (scale * flip)
        # the middle of what is seen: anywhere that keeps the window on the photo, or the photo's middle
        spare = np.maximum(0.0, 0.5 - 0.5 * np.array([wide, tall]) / (scale * np.array([width, height]))) + 0.03
        middle = (0.5 + random.uniform(-1.0, 1.0, 2) * spare) * (width, height)
        matrix = np.column_stack([linear, np.array([wide, tall]) / 2.0 - linear @ middle])
        edge = random.random() < 0.5
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        colours, mask = (
            cv2.warpAffine(part, matrix, (wide, tall), borderMode=mode, borderValue=value)
            for part, mode, value in (
                (picture[..., :3], cv2.BORDER_REPLICATE if edge else cv2.BORDER_CONSTANT, colour),
                (picture[..., 3], cv2.BORDER_CONSTANT, 0),
            )
        )
        return np.dstack([colours, mask]).astype(np.uint8)

    def coloured(self, colours: ByteArray, random: np.random.Generator) -> ByteArray:
        """Saturation, brightness, contrast, gamma and the balance of colours changed."""
        saturation = 1.0 + self.colour * random.uniform(-2, 1)
        grey = cv2.cvtColor(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        colours = np.asarray(cv2.addWeighted(colours, saturation, grey, 1.0 - saturation, 0.0), np.uint8)
        gains = 1.0 + self.colour * (random.uniform(-1, 1) + 0.4 * random.uniform(-1, 1, 3))
        gamma = np.exp(self.colour * random.uniform(-1, 1))
        curve = (np.arange(256)[:, None] / 255.0) ** gamma * gains * 255.0
        return np.asarray(cv2.LUT(colours, curve.clip(0, 255).astype(np.uint8)[:, None]), np.uint8)

    def spoil(self, colours: ByteArray, random: np.random.Generator) -> ByteArray:
        """Blur, noise and loss of all colour, at times."""
        blurred, noisy, grey = random.random(3) < (self.spoilt, self.spoilt, self.spoilt / 2)
        if blurred:
            colours = np.asarray(cv2.GaussianBlur(colours, (0, 0), random.uniform(0.4, 1.2)), np.uint8)
        if noisy:
            noise = random.normal(0.0, random.uniform(3.0, 15.0), colours.shape)
            colours = (colours + noise).clip(0, 255).astype(np.uint8)
        if grey:
            colours = np.asarray(cv2.cvtColor(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)
        return colours


def emptied(picture: ByteArray) -> ByteArray:
    """RGB of a photo without its object: in its place, a blur of what is around, coarser farther inside."""
    outside = (picture[..., 3] < 8).astype(np.float32)
    outside = np.asarray(cv2.erode(outside, np.ones((5, 5), np.uint8), borderValue=1), np.float32)
    colours = picture[..., :3].astype(np.float32)
    filled = np.full_like(colours, 128.0)
    for width in (151, 61, 25, 9):
        weight = cv2.blur(outside, (width, width))
        mean = cv2.blur(colours * outside[..., None], (width, width)) / np.maximum(weight, 1e-3)[..., None]
        filled = np.where(weight[..., None] > 0.05, mean, filled)
    return np.where(outside[..., None] > 0.5, colours, filled).round().astype(np.uint8)
