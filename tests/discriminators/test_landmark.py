"""The classifier of landmarks."""

import torch

from mirror_core.discriminators import LandmarkClassifier
from mirror_core.losses import landmark_loss


def test_it_has_the_published_widths():
    sizes = [tuple(p.shape) for p in LandmarkClassifier().parameters() if p.ndim == 2]
    assert sizes == [(1024, 256), (1280, 1024)]


def test_it_learns_which_face_is_where():
    features = torch.randn(1, 8, 4, 4)
    centres = torch.rand(1, 5, 2) * 1.5 - 0.75
    seen, faces = torch.ones(1, 5, dtype=torch.bool), torch.tensor([3, 1, 4, 0, 9])
    classifier = LandmarkClassifier(features=8, faces=10, hidden=32)
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.05)
    losses = list[float]()
    for _ in range(100):
        loss = landmark_loss(features, centres, seen, faces, classifier)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1.5
    assert losses[-1] < 0.05
