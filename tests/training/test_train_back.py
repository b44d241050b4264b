"""Pairs in which the far side lies on the photo pixel by pixel, and a network that learns from them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.data import shared_data
from helpers.studio_pieces import card, plain_texture

from mirror_core.attributes import Camera, ambient_light
from mirror_core.completion import BackConfig, BackNetwork, Behind
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.back import BackBatch, BackTask, back_terms
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.run_folder import RunFolder
from training.datasets.backs import BackAugmentation, BackPairs, open_backs
from training.synthetic.behind import SIZE, BackAssets, inside_out, make_chunk
from training.synthetic.studio.shoot import ShootSettings, shoot
from training.train import make_fabric
from training.train_back import TrainBack

FLAT = ShootSettings(occlusion=0.0)
LIGHT = ambient_light()[0].numpy()


def colour(value: tuple[int, int, int]) -> np.ndarray:
    texture = plain_texture()
    texture[..., :3] = value
    return texture


@pytest.mark.parametrize("azimuth", [0.0, 30.0])
def test_inside_out_the_far_card_hides_the_near_one_and_lies_where_it_lay(azimuth: float):
    near, far = card(colour((255, 0, 0)), z=0.3), card(colour((0, 0, 255)), z=-0.3, half=0.4)
    camera = Camera.single(azimuth, 5.0, 3.0)
    alone = shoot([far], camera, LIGHT, (64, 64), FLAT)
    both = shoot(inside_out([near, far], camera), camera, LIGHT, (64, 64), FLAT)
    whole = alone.alpha > 0.99
    assert (both.rgb[whole][:, 2] > 0.9).all()
    assert (both.rgb[whole][:, 0] < 0.1).all()
    outline = shoot([near, far], camera, LIGHT, (64, 64), FLAT).alpha
    assert np.abs(both.alpha - outline).max() < 0.3  # a rounded edge at most


def square_pairs(count: int = 24, size: tuple[int, int] = (32, 24)) -> BackPairs:
    """Squares of a colour by chance with a white spot, the face, which their backs do not have."""
    rng = np.random.default_rng(0)
    pairs = np.zeros((count, *size, 8), np.uint8)
    for pair in pairs:
        paint = rng.integers(40, 160, 3)
        pair[4:28, 4:20, :3] = pair[4:28, 4:20, 4:7] = paint
        pair[4:28, 4:20, 3] = 255
        pair[6:12, 8:16, :3], pair[6:12, 8:16, 7] = 255, 255
    return BackPairs(pairs)


def test_a_batch_is_photo_mask_back_and_face():
    batch = square_pairs().batch(torch.arange(3))
    back, face = batch.truths()
    assert batch.photo.shape == back.shape == (3, 3, 32, 24)
    assert (batch.photo[:, :, 8, 10] == 1).all()
    assert face.sum() == 3 * 6 * 8
    assert torch.equal(batch.photo * (1 - face) * batch.mask, back * (1 - face) * batch.mask)


def test_what_happens_to_the_photo_happens_to_its_back():
    """Without noise, an augmented photo and its back still differ on the face alone."""
    source = BackPairs(square_pairs().pairs, BackAugmentation(noise=0.0, rim=0.0))
    batch = source.batch(torch.arange(24), torch.Generator().manual_seed(3))
    back, face = batch.truths()
    plain = (face == 0) & (batch.mask == 1)
    assert float(((batch.photo - back).abs() * plain).max()) < 1e-5
    assert not torch.equal(batch.photo, source.batch(torch.arange(24)).photo)


def test_the_same_generator_gives_the_same_batch_in_parts():
    source, index = square_pairs(), torch.arange(8)
    whole = source.batch(index, torch.Generator().manual_seed(1))
    part = source.batch(index, torch.Generator().manual_seed(1), slice(4, 8))
    assert torch.equal(whole.photo[4:], part.photo)


def test_the_terms_of_a_perfect_answer_are_zero():
    batch = square_pairs().batch(torch.arange(4))
    back, face = batch.truths()
    gate = 1.0 - face
    terms = back_terms(Behind(back, gate, torch.full_like(gate, 0.01)), batch)
    elsewhere = {"error", "gate"}  # near a face the gate is taught to close, too
    assert all(float(value) < 1e-6 for name, value in terms.items() if name not in elsewhere)


def test_an_open_gate_on_a_face_costs():
    batch = square_pairs().batch(torch.arange(4))
    back, face = batch.truths()
    terms = back_terms(Behind(back, torch.ones_like(face), torch.ones_like(face)), batch)
    assert float(terms["face"]) == pytest.approx(1.0)
    assert float(terms["blend"]) > 0.05


def run_tiny(folder: Path, epochs: int) -> BackNetwork:
    fabric = make_fabric("cpu", "32-true")
    network = BackNetwork(BackConfig((32, 24), (8, 12, 16), palette=4))
    source = BackPairs(square_pairs().pairs, BackAugmentation(near=0.0))
    loop = LoopSettings(epochs=epochs, batch=8, averaging=Averaging("none"), validate_every=epochs, pictures=2)
    assert fit(BackTask(network, learning_rate=5e-3), source, square_pairs(4), loop, RunFolder(folder, {}), fabric)
    return BackNetwork.from_pretrained(folder / "best")


def test_it_learns_to_take_the_face_away(tmp_path: Path):
    network = run_tiny(tmp_path / "run", 25)
    batch: BackBatch = square_pairs(4).batch(torch.arange(4))
    back, face = batch.truths()
    with torch.no_grad():
        behind = network(batch.photo, batch.mask)
    apart = (behind.blend(batch.photo) - back).abs().mean(dim=1, keepdim=True)
    mirrored = (batch.photo - back).abs().mean(dim=1, keepdim=True)
    assert float((apart * face).sum()) < 0.4 * float((mirrored * face).sum())
    assert float((behind.gate * face).sum() / face.sum()) < 0.1


def test_validation_compares_with_the_mirrored_photo():
    figures = BackTask(BackNetwork()).validate(BackNetwork(BackConfig((32, 24), (8, 12))).eval(), square_pairs(4))
    white_on_paint = figures["mirrored_face"]
    assert white_on_paint > 0.3
    assert figures["mirrored"] == pytest.approx(white_on_paint * 48 / (24 * 16), rel=0.01)


def test_one_command_makes_pairs_and_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("training.synthetic.behind.CHUNK", 4)
    folders = shared_data("makehuman"), shared_data("hdri"), shared_data("garments", "train")
    command = TrainBack(*folders, out=tmp_path / "run", pairs=tmp_path / "pairs", people=2, garments=1, epochs=1)
    command.run()
    assert BackNetwork.from_pretrained(tmp_path / "run" / "best").config == BackConfig()
    again = open_backs(tmp_path / "pairs", {"people": 2}, 7, BackAssets(*folders))  # read, not made
    assert again.image_size == SIZE
    pairs = make_chunk("people", 0, 7, BackAssets(*folders))
    assert np.array_equal(again.pairs[:4], pairs)  # the same seed, the same pairs
    inside = pairs[..., 3] > 200
    assert 0.1 < inside.mean() < 0.6
    assert np.abs(pairs[inside][:, :3].mean(axis=0) - pairs[inside][:, 4:7].mean(axis=0)).max() < 60
