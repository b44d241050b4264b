"""Synthetic photos for training: the camera stays true, mirrors mirror everything, the mixture is what it says."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny_mirror import SIZE, Ellipsoids
from helpers.truths import egg, make_truth

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space
from training.datasets import MixedPhotos, SyntheticPhotos, SyntheticSource, open_synthetic
from training.datasets.synthetic import prepare, seen_from_centre
from training.synthetic.sample import encode
from training.synthetic.shards import pack
from training.synthetic.truth import Truth

MESH = make_template(642)


def jpeg() -> bytes:
    import cv2

    return cv2.imencode(".jpg", np.full((256, 256, 3), 128, np.uint8))[1].tobytes()


def write_shards(folder: Path, truths: list[Truth]) -> Path:
    folder.mkdir()
    (folder / "shard-000000.tar").write_bytes(pack([(truth.name, encode(truth, jpeg())) for truth in truths]))
    return folder


@pytest.fixture
def synthetic(tmp_path: Path) -> SyntheticPhotos:
    """Five eggs at azimuths 0, 20 ... 80, square."""
    light = np.array([3.2, 0.8, -0.3, 0.5, 0.2, -0.1, 0.1, 0.15, 0.05], np.float32)
    truths = [dataclasses.replace(make_truth(f"egg-{k}", 20.0 * k), light=light) for k in range(5)]
    return open_synthetic(write_shards(tmp_path / "shards", truths), (64, 64), tmp_path / "cache")


def test_another_aspect_is_refused_with_the_size_to_ask_for():
    with pytest.raises(InputError, match="egg is 256x256, but the model's pictures are 160x96"):
        prepare(make_truth(), (160, 96))


@pytest.mark.parametrize("azimuth", [-170.0, -30.0, 0.0, 45.0, 120.0])
def test_the_camera_on_the_centred_mesh_sees_what_the_camera_saw(azimuth: float):
    points = torch.from_numpy(egg()[:642])[None]
    camera = Camera.single(azimuth, 8.0, 2.9, (0.1, -0.2))
    middle = points[0].mean(dim=0)
    middle += torch.tensor([0.03, 0.07, -0.05])
    before = camera_space(points, camera)
    after = camera_space(points - middle, seen_from_centre(camera, middle.numpy()))
    torch.testing.assert_close(after, before, atol=2e-5, rtol=0)


def test_the_mesh_covers_the_mask(synthetic: SyntheticPhotos):
    batch = synthetic.batch(torch.arange(3), torch.zeros(3, dtype=torch.bool))
    assert batch.truth is not None
    assert batch.truth.vertices.mean(dim=1).abs().max() < 1e-5
    seen = Renderer(image_size=(64, 64))(batch.truth.vertices, MESH, batch.truth.camera)
    assert ((seen.mask - batch.mask).abs().sum() / batch.mask.sum()) < 0.03


def test_a_mirrored_photo_has_a_mirrored_truth(synthetic: SyntheticPhotos):
    """Rendered from its truth, colours, light and all, it is the mirror image of the truth's rendering."""
    index = torch.arange(5)
    pictures: list[torch.Tensor] = []
    for mirrored in (False, True):
        batch = synthetic.batch(index, torch.full((5,), mirrored))
        assert batch.truth is not None
        truth = batch.truth
        seen = Renderer(image_size=(64, 64))(truth.vertices, MESH, truth.camera, truth.texture, truth.light)
        assert seen.rgb is not None
        pictures.append(torch.cat([seen.rgb, seen.mask, batch.photo, batch.mask], dim=1))
    off = (pictures[0].flip(3) - pictures[1]).abs()
    assert (off > 0.02).float().mean() < 2e-3  # pixels on edges may fall to either side
    assert (pictures[0] - pictures[1])[:, :4].abs().mean() > 0.005


def test_each_photo_is_mirrored_on_its_own(synthetic: SyntheticPhotos):
    both = synthetic.batch(torch.tensor([1, 1]), torch.tensor([False, True])).truth
    assert both is not None
    assert both.camera.azimuth[0] == -both.camera.azimuth[1] != 0
    torch.testing.assert_close(both.visible[0], both.visible[1].flip(2))


def test_photos_from_the_very_side_are_left_out(tmp_path: Path):
    """On the centred mesh that camera would look at a point of z = 0 far away."""
    truths = [make_truth("front"), make_truth("side", 90.0)]
    assert len(open_synthetic(write_shards(tmp_path / "shards", truths), (32, 32), tmp_path / "cache")) == 1


def test_they_are_prepared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shards = write_shards(tmp_path / "shards", [make_truth()])
    first = open_synthetic(shards, (32, 32), tmp_path / "cache")
    monkeypatch.setattr("training.datasets.synthetic.prepare", lambda *_: pytest.fail("prepared again"))
    np.testing.assert_array_equal(open_synthetic(shards, (32, 32), tmp_path / "cache").pictures, first.pictures)


def test_no_shards_is_an_error(tmp_path: Path):
    with pytest.raises(InputError, match="has no shards"):
        open_synthetic(tmp_path, (32, 32), tmp_path / "cache")


class TestMixture:
    @pytest.fixture
    def mixed(self) -> MixedPhotos:
        """Six real ellipsoids, three synthetic photos of plain colour, half and half."""
        height, width = SIZE
        pictures = np.zeros((3, height, width, 4), np.uint8)
        pictures[..., 0] = np.arange(0, 150, 50)[:, None, None]
        textures, vertices = np.zeros((3, height, 2 * width, 4), np.uint8), np.zeros((3, 642, 3), np.float32)
        cameras = np.ones((3, 5), np.float32) * np.arange(3, dtype=np.float32)[:, None]
        made = SyntheticPhotos(pictures, textures, vertices, cameras, np.zeros((3, 9), np.float32))
        return MixedPhotos(Ellipsoids(6), made, 0.5)

    @pytest.mark.parametrize(("share", "count"), [(0.0, 6), (0.25, 8), (0.5, 12), (0.75, 24)])
    def test_the_share_is_of_all_places(self, mixed: MixedPhotos, share: float, count: int):
        assert len(dataclasses.replace(mixed, share=share)) == count

    def test_rows_say_which_photos_have_a_truth(self, mixed: MixedPhotos):
        batch = mixed.batch(torch.tensor([7, 2, 8, 5]))
        assert batch.truth is not None
        assert batch.truth.rows.tolist() == [0, 2]
        assert batch.truth.camera.distance.tolist() == [1.0, 2.0]
        assert batch.index.tolist() == [7, 2, 8, 5]
        torch.testing.assert_close(batch.photo[[1, 3]], Ellipsoids(6).batch(torch.tensor([2, 5])).photo)
        assert batch.photo[2, 0].unique().tolist() == pytest.approx([100 / 255])

    def test_real_photos_only_have_a_truth_about_none(self, mixed: MixedPhotos):
        truth = mixed.batch(torch.tensor([0, 1])).truth
        assert truth is not None
        assert len(truth.rows) == 0

    def test_in_training_places_show_other_photos_each_time(self, mixed: MixedPhotos):
        shown: set[int] = set()
        for seed in range(8):
            truth = mixed.batch(torch.tensor([6]), torch.Generator().manual_seed(seed)).truth
            assert truth is not None
            shown.add(int(truth.camera.distance))
        assert shown == {0, 1, 2}

    @pytest.mark.parametrize("tint", [0.0, 0.3])
    def test_two_processes_see_together_what_one_would_see(self, mixed: MixedPhotos, tint: float):
        mixed = dataclasses.replace(mixed, tint=tint)
        index = torch.tensor([6, 0, 7, 1, 2, 8, 9, 3])
        whole = mixed.batch(index, torch.Generator().manual_seed(3))
        parts = [mixed.batch(index, torch.Generator().manual_seed(3), rows) for rows in (slice(0, 4), slice(4, 8))]
        torch.testing.assert_close(torch.cat([part.photo for part in parts]), whole.photo)
        assert whole.truth is not None
        azimuths = [part.truth.camera.azimuth for part in parts if part.truth is not None]
        torch.testing.assert_close(torch.cat(azimuths), whole.truth.camera.azimuth)

    def test_a_tint_changes_photo_and_texture_alike_by_as_much_as_it_says(self, mixed: MixedPhotos):
        mixed.synthetic.pictures[...], mixed.synthetic.textures[...] = 120, 60
        tinted = dataclasses.replace(mixed, tint=0.3)
        batch = tinted.batch(torch.arange(6, 12), torch.Generator().manual_seed(3))
        assert batch.truth is not None
        gain = batch.photo[:, :, 0, 0] / (120 / 255)
        assert 0.7 <= float(gain.min()) < 0.85
        assert 1.15 < float(gain.max()) <= 1.3
        torch.testing.assert_close(batch.truth.texture[:, :, 0, 0] / (60 / 255), gain)
        assert torch.equal(tinted.batch(torch.arange(6, 9)).photo, mixed.batch(torch.arange(6, 9)).photo)

    def test_held_out_photos_are_not_among_the_others(self, mixed: MixedPhotos):
        first, last = mixed.synthetic.divided(1)
        assert (len(first), len(last)) == (2, 1)
        truth = SyntheticSource(last).batch(torch.tensor([0])).truth
        assert truth is not None
        assert truth.camera.distance.tolist() == [2.0]
