"""The paper's measures, on answers that are known."""

import json

import numpy as np
import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config
from PIL import Image

from mirror_core.encoders import MagicMirror
from mirror_core.features import GarmentConfig, GarmentNetwork
from mirror_core.metrics import mask_iou
from training.evaluation.estimated_masks import estimate_masks
from training.evaluation.jpeg import round_trip
from training.evaluation.magic_mirror import (
    EvaluateMagicMirror,
    counts,
    distances,
    measure,
    overlap,
    render_views,
)


@pytest.fixture
def model() -> MagicMirror:
    """Says prototype, camera in front at distance 2.6 and the photo as it is, whatever it is shown."""
    model = MagicMirror(tiny_config()).eval()
    with torch.no_grad():
        last = model.camera.reach[-1]
        last.bias.copy_(torch.logit(torch.tensor([(2.6 - 2.0) / 2.0, 0.5])))
        for head in (model.camera.reach, model.camera.direction, model.camera.target):
            head[-1].weight.zero_()
        each = model.shape.head.each[0]
        each.weight.zero_()
        each.bias.zero_()
    return model


def test_a_model_that_says_the_truth_has_perfect_masks(model):
    source = Ellipsoids(8)
    source.mask[:], source.photo[:] = _truth(model)
    figures = measure(render_views(model, source, seed=0))
    assert figures["mask_iou"] == pytest.approx(1.0, abs=1e-6)
    assert 0.8 < figures["mask_iou_soft"] < 1.0  # the soft mask reaches beyond the mesh


def _truth(model: MagicMirror) -> tuple[torch.Tensor, torch.Tensor]:
    views = render_views(model, Ellipsoids(1), seed=0)
    return views.hard[0], views.reconstruction[0]


def test_an_ellipsoid_from_the_side_is_as_deep_as_it_is(model):
    views = render_views(model, Ellipsoids(4), seed=0)
    seen = (views.side.mean(dim=1) < 0.99).float()
    wide = (views.reconstruction.mean(dim=1) < 0.99).float()
    assert (seen.sum(dim=(1, 2)).mean() / wide.sum(dim=(1, 2)).mean()).item() == pytest.approx(0.5, abs=0.08)


def test_novel_views_are_as_many_as_the_protocol_says_and_the_same_for_the_same_seed(model):
    source = Ellipsoids(6)
    first, again, other = (render_views(model, source, seed) for seed in (0, 0, 1))
    assert len(first.novel) == len(first.side) == 12
    assert torch.equal(first.novel, again.novel)
    assert not torch.equal(first.novel, other.novel)
    assert torch.equal(first.novel[6:], first.side[:6])  # 90 degrees on


def test_distances_carry_the_network_s_name(model):
    network = GarmentNetwork(GarmentConfig(("a", "b"), widths=(8, 8), features=3)).eval()
    views = render_views(model, Ellipsoids(6), seed=0)
    found = distances(views, network)
    assert set(found) == {"frechet_garment_recon", "frechet_garment_novel", "frechet_garment_90"}
    assert all(value >= 0 for value in found.values())


def test_what_the_distances_are_made_from_is_said(model):
    network = GarmentNetwork(GarmentConfig(("a", "b"), widths=(8, 8), features=3)).eval()
    assert counts(render_views(model, Ellipsoids(6), seed=0), network) == {
        "network": "garment",
        "features": 3,
        "photos": 6,
        "pictures_recon": 6,
        "pictures_novel": 12,
        "pictures_90": 12,
    }


def test_figures_compare_with_the_photos_own_masks_whatever_the_model_was_shown(model):
    source = Ellipsoids(3)
    shown = torch.zeros_like(source.mask)
    shown[:, :, 20:40, 10:20] = 1.0
    views = render_views(model, source, seed=0, shown=shown)
    assert torch.equal(views.mask, source.mask)
    assert torch.equal(views.photo, render_views(model, source, seed=0).photo)
    assert not torch.equal(views.reconstruction, render_views(model, source, seed=0).reconstruction)


def test_masks_are_found_on_a_plain_ground_and_a_photo_without_one_is_counted():
    source = Ellipsoids(2)
    photos = torch.cat([source.photo, torch.full((1, 3, 64, 32), 0.5)])
    masks, failed = estimate_masks(photos)
    assert mask_iou(masks[:2], source.mask).min() > 0.9
    assert failed == 1
    assert masks[2].min() == 1.0


def test_overlap_is_grey_red_and_blue():
    rendered = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    mask = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])
    column = overlap(rendered, mask)
    assert column.shape == (3, 2, 2)
    colours = {place: column[:, place[0], place[1]].tolist() for place in ((0, 0), (0, 1), (1, 0), (1, 1))}
    assert colours[0, 0] == pytest.approx([0.6, 0.6, 0.6])
    assert colours[0, 1] == [0.0, 0.0, 1.0]
    assert colours[1, 0] == [1.0, 0.0, 0.0]
    assert colours[1, 1] == [1.0, 1.0, 1.0]


def test_a_jpeg_round_trip_changes_little_but_something():
    red = torch.linspace(0, 1, 16).expand(2, 16, 16)
    pictures = torch.stack([red, 1 - red, red.transpose(1, 2)], dim=1)
    again = round_trip(pictures)
    assert again.shape == pictures.shape
    assert 0 < (again - pictures).abs().max() < 0.1
    flat = torch.full((1, 1, 16, 16), 0.5)
    torch.testing.assert_close(round_trip(flat), torch.full((1, 1, 16, 16), 128 / 255))


def test_the_command_writes_figures_for_each_photo_and_a_picture(model, tmp_path, capsys):
    source = Ellipsoids(12)
    (tmp_path / "photos").mkdir()
    for number in range(12):
        photo = (source.photo[number].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
        mask = (source.mask[number, 0].numpy() * 255).astype(np.uint8)
        Image.fromarray(photo).save(tmp_path / "photos" / f"{number:02d}.png")
        Image.fromarray(mask).save(tmp_path / "photos" / f"{number:02d}_mask.png")
    model.save_pretrained(tmp_path / "model")
    command = EvaluateMagicMirror(
        tmp_path / "model", tmp_path / "photos", split="all", out=tmp_path / "out", cache=tmp_path / "cache"
    )
    command.run()
    report = json.loads((tmp_path / "out" / "magic_mirror.json").read_text())
    assert report["photos"] == 12
    assert len(report["each"]) == 12
    assert report["figures"]["mask_iou"] == pytest.approx(
        np.mean([row["mask_iou"] for row in report["each"]]), abs=1e-5
    )
    assert report["figures"]["ssim"] == pytest.approx(np.mean([row["ssim"] for row in report["each"]]), abs=1e-4)
    assert report["made_with"]["torch"] == torch.__version__.split("+")[0]
    assert {"ssim", "frechet_garment_novel"} <= report["figures"].keys()
    assert (tmp_path / "out" / "magic_mirror.png").is_file()
    assert json.loads(capsys.readouterr().out.split("{", 1)[1].join(["{", ""])) == report["figures"]
