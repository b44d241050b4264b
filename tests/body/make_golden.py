"""Makes tests/body/golden/adults.npz from the package anny 0.6.2: `PYTHONPATH=tests python tests/body/make_golden.py`.

anny's first start parses for minutes; ANNY_CACHE_DIR names where it keeps the outcome.
"""

from pathlib import Path

import numpy as np
from helpers.anny_bodies import anny_truth

OUT = Path(__file__).parent / "golden" / "adults.npz"
COUNT, VERTICES = 6, 400


def main() -> None:
    truth = anny_truth(COUNT, seed=4)
    total = truth.vertices.shape[1]
    some = np.sort(np.random.default_rng(4).choice(total, VERTICES, replace=False))
    OUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        OUT,
        shape=truth.shape,
        rotations=truth.rotations,
        some=some,
        rest=truth.rest[:, some],
        vertices=truth.vertices[:, some],
        joints=truth.joints,
        key_points=truth.key_points,
    )
    print(f"{OUT.name}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
