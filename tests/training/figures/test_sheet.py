"""Pictures under headings."""

import io

import numpy as np
from PIL import Image

from training.figures.sheet import GAP, LINE, Block, sheet


def test_a_long_heading_stays_in_its_column():
    tile = np.full((20, 100, 3), 255, np.uint8)
    page = sheet([Block(["a", "back: convmesh-people+invert", "b"], [[tile] * 3])])
    heads = np.asarray(Image.open(io.BytesIO(page)).convert("L"))[:LINE]
    inked = np.flatnonzero((heads < 200).any(axis=0))
    second = range(GAP + 100 + GAP, GAP + 2 * (100 + GAP))
    middle = inked[(inked > GAP + 70) & (inked < 3 * GAP + 230)]
    assert middle.min() >= second.start
    assert middle.max() < second.stop
    assert len(middle) > 40
