"""Search and descent on pictures whose code and camera are known."""

import dataclasses

import pytest
import torch
from helpers.toy_decoder import ToyDecoder

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import CancelledError, InputError, MaskError
from mirror_core.inversion import (
    MASK_LOSSES,
    PAPER,
    TEXTURE_LOSSES,
    Found,
    InversionSettings,
    InversionStage,
    InversionWeights,
    Objective,
    View,
    descend,
    search_codes,
    shortened,
)
from mirror_core.inversion.pose import aligned, box_of, camera_of, numbers_of, project_points
from mirror_core.losses import ChamferTexture
from mirror_core.metrics import mask_iou
from mirror_core.rendering import Renderer

PIXELS = 32
TRUE = torch.tensor([[0.6, -0.5, 2.0, -2.0, -1.0]])
SEEN = Camera.single(azimuth=10.0, distance=2.6)
NEAR = Camera.single(azimuth=0.0, distance=2.4, offset=(0.05, -0.04))
QUICK = InversionSettings(
    codes=8,
    search_pixels=PIXELS,
    pixels=PIXELS,
    stages=(InversionStage(20, 0.1, 0.01), InversionStage(10, 0.02, 0.002)),
    weights=InversionWeights(latent=0.001),
    chamfer=ChamferTexture(points=150),
    features="none",
)
DECODER = ToyDecoder()


def picture(code: torch.Tensor = TRUE, camera=SEEN) -> View:
    made = DECODER(code)
    seen = Renderer(image_size=(PIXELS, PIXELS))(made.vertices, DECODER.template, camera, made.texture)
    assert seen.rgb is not None
    return View.of(seen.rgb[0].detach(), seen.mask[0].detach(), None)


def objective(settings: InversionSettings = QUICK) -> Objective:
    return Objective.of(settings, DECODER.template, None)


def quiet(_what: str) -> None:
    pass


def overlap(found: Found, settings: InversionSettings = QUICK) -> float:
    seen = objective(settings).render(DECODER(found.code), found.camera, PIXELS).mask
    return float(mask_iou(seen, picture().mask[None])[0])


def run(settings: InversionSettings = QUICK, **arguments) -> Found:
    views = [picture()]
    start = search_codes(DECODER, views, arguments.pop("camera", NEAR), objective(settings), quiet)
    return descend(DECODER, views, start, objective(settings), quiet, **arguments)


@pytest.fixture(scope="module")
def found() -> Found:
    return run()


def test_shape_and_colour_are_found_again(found: Found):
    """Near and small or far and large look alike: the outline and the proportions tell, the size need not."""
    assert overlap(found) > 0.8
    wide, high = found.code[0, :2].tolist()
    assert wide - high == pytest.approx(0.6 + 0.5, abs=0.35)
    made = DECODER(found.code).texture[0, :, 0, 0]
    assert torch.allclose(made, torch.sigmoid(TRUE[0, 2:]), atol=0.12)


def test_the_same_seed_gives_the_same(found: Found):
    again = run()
    assert torch.equal(again.code, found.code)
    assert torch.equal(again.loss, found.loss)


def test_photos_done_together_are_as_if_alone(found: Found):
    """Batches of convolutions would differ in the last bits; the toy decoder has none."""
    views = [picture(), picture(-TRUE, Camera.single())]
    both = Camera(*(torch.cat([getattr(c, f) for c in (NEAR, NEAR)]) for f in NEAR.__dataclass_fields__))
    start = search_codes(DECODER, views, both, objective(), quiet)
    together = descend(DECODER, views, start, objective(), quiet)
    assert torch.allclose(together.code[:1], found.code, atol=1e-3)
    assert not torch.allclose(together.code[1:], found.code, atol=0.3)


def test_a_weak_perspective_camera_is_found_as_published():
    """Raw numbers at the published rates: scale, translation and quaternion move, and nothing is normalised."""
    truth = WeakPerspective(torch.tensor([0.9]), torch.zeros(1, 2), torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    views = [picture(camera=truth)]
    off = WeakPerspective(torch.tensor([0.8]), torch.tensor([[0.1, -0.05]]), torch.tensor([[1.0, 0.0, 0.05, 0.0]]))
    settings = dataclasses.replace(QUICK, codes=0, aligned=False)
    found = descend(DECODER, views, (TRUE.clone(), off), objective(settings), quiet)
    assert isinstance(found.camera, WeakPerspective)
    assert found.camera.translation[0, 0].abs() < 0.03
    before, after = (
        float(mask_iou(objective().render(DECODER(code), camera, PIXELS).mask, views[0].mask[None])[0])
        for code, camera in ((TRUE, off), (found.code, found.camera))
    )
    assert after > before + 0.1


def test_an_encoders_answer_is_refined_at_test_time():
    """CMR and UMR (supplement, section 1): the code begins near the truth and moves at 5e-3; the same loop."""
    rates = tuple(InversionStage(10, 5e-3, rate) for rate in (1e-2, 5e-3))
    settings = dataclasses.replace(QUICK, codes=0, aligned=False, stages=rates)
    start = TRUE + torch.tensor([[-0.05, 0.05, -0.08, 0.08, 0.08]])
    found = descend(DECODER, [picture()], (start, SEEN), objective(settings), quiet)
    assert (found.code - start).abs().max() <= 20 * 5e-3 * 10**0.5  # Adam's steps without momentum
    assert (found.code - TRUE).abs().mean() < (start - TRUE).abs().mean()


def test_a_fixed_camera_stays():
    settings = shortened(dataclasses.replace(QUICK, fixed_camera=True, aligned=False), 0.1)
    assert torch.equal(run(settings).camera.distance, NEAR.distance)


@pytest.mark.parametrize("mask_loss", MASK_LOSSES)
@pytest.mark.parametrize("texture_loss", [name for name in TEXTURE_LOSSES if name in ("chamfer", "l1")])
def test_every_pair_of_losses_makes_the_picture_liker(mask_loss: str, texture_loss: str):
    settings = shortened(dataclasses.replace(QUICK, codes=0, mask_loss=mask_loss, texture_loss=texture_loss), 0.4)
    start = search_codes(DECODER, [picture()], NEAR, objective(settings), quiet)
    found = descend(DECODER, [picture()], start, objective(settings), quiet)
    before = objective(settings).losses(start[0], DECODER(start[0]), start[1], [picture()], [torch.Generator()])
    assert float(found.loss) < float(sum(before[0].values(), torch.zeros(())))


def test_terms_carry_their_published_weights():
    """Smoothness is summed over edges as ConvMesh has it, times 5e-5; the code's mean square halved, times 0.05."""
    view, settings = picture(), dataclasses.replace(PAPER, pixels=PIXELS, features="none")
    (terms,) = objective(settings).losses(TRUE, DECODER(TRUE), SEEN, [view], [torch.Generator().manual_seed(0)])
    assert set(terms) == {"pixel", "mask", "smooth", "latent"}
    assert terms["latent"].item() == pytest.approx(0.05 * TRUE.square().mean().item() / 2)
    assert terms["pixel"].item() == pytest.approx(2.0, abs=1e-4)  # the true picture: nothing but eps_a, both ways


def test_an_outline_term_is_ours_and_off_as_published():
    assert PAPER.settled_weights() == InversionWeights()
    settings = InversionSettings(features="none")
    assert settings.settled_weights().outline > 0.0
    settings = dataclasses.replace(settings, weights=settings.settled_weights())
    (terms,) = objective(settings).losses(TRUE, DECODER(TRUE), SEEN, [picture()], [torch.Generator()])
    assert 0.0 < terms["outline"].item() < 0.1  # the true picture


@pytest.mark.parametrize("wider", [-0.9, 0.3])
def test_the_outline_term_knows_the_width_even_of_a_thin_object(wider: float):
    """An ellipsoid as wide as a leg, a quarter thinner or a tenth wider. DIB-R's own silhouettes prefer thinner."""
    leg, pixels = torch.tensor([[-5.0, 0.0, 0.0, 0.0, 0.0]]), 128
    made, camera = DECODER(leg), Camera.single(distance=4.0)
    seen = Renderer(image_size=(pixels, pixels))(made.vertices, DECODER.template, camera, made.texture)
    assert seen.rgb is not None
    view = View.of(seen.rgb[0], seen.mask[0], None)
    settings = dataclasses.replace(QUICK, pixels=pixels, weights=InversionWeights(mask=0.0, outline=1.0))

    def outline(code: torch.Tensor) -> float:
        (terms,) = objective(settings).losses(code, DECODER(code), camera, [view], [torch.Generator()])
        return terms["outline"].item()

    assert outline(leg) < outline(leg + torch.tensor([[wider, 0.0, 0.0, 0.0, 0.0]]))


def test_more_codes_never_begin_worse():
    views, losses = [picture()], []
    for codes in (1, 4, 12):
        settings = dataclasses.replace(QUICK, codes=codes)
        code, camera = search_codes(DECODER, views, NEAR, objective(settings), quiet)
        generator = torch.Generator().manual_seed(settings.seed)
        (terms,) = objective(settings).losses(code, DECODER(code), camera, views, [generator])
        losses.append(float(sum(terms.values(), torch.zeros(()))))
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("kind", [Camera, WeakPerspective])
def test_aligned_cameras_see_the_vertices_in_the_box(kind: type):
    camera = NEAR if kind is Camera else WeakPerspective.near(NEAR)
    vertices = DECODER(TRUE).vertices
    box = torch.tensor([[-0.4, -0.7], [0.5, 0.6]])
    seen = box_of(project_points(vertices, aligned(camera, vertices, box))[0])
    assert torch.allclose(seen.mean(dim=0), box.mean(dim=0), atol=0.01)
    assert (seen[1] - seen[0]).prod().item() == pytest.approx((box[1] - box[0]).prod().item(), rel=0.03)


def test_a_unit_of_our_camera_turns_as_far_as_one_of_a_quaternion():
    """0.01 more of a unit quaternion's y turns by 0.02 radians."""
    turned = camera_of(SEEN, torch.tensor([[0.01, 0.0, 0.0, 0.0, 0.0]]))
    assert isinstance(turned, Camera)
    assert turned.azimuth.item() == pytest.approx(10.0 + 0.02 * 57.29578)
    weak = WeakPerspective.near(SEEN)
    assert torch.equal(camera_of(weak, numbers_of(weak)).rotation, weak.rotation)


def test_watch_sees_the_best_so_far():
    seen: list[tuple[int, float]] = []
    run(dataclasses.replace(QUICK, preview_every=5), watch=lambda step, best: seen.append((step, float(best.loss))))
    assert [step for step, _ in seen] == list(range(0, 30, 5))
    losses = [loss for _, loss in seen]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("keep", [True, False])
def test_cancel_keeps_the_best_so_far_if_it_shall(keep: bool):
    done: list[str] = []

    def stop(what: str) -> None:
        done.append(what)
        if len(done) > 10:
            raise CancelledError("stop")

    settings = dataclasses.replace(QUICK, codes=0, keep_best=keep)
    start = (torch.zeros(1, 5), NEAR)
    if not keep:
        with pytest.raises(CancelledError):
            descend(DECODER, [picture()], start, objective(settings), stop)
        return
    found = descend(DECODER, [picture()], start, objective(settings), stop)
    assert found.stopped
    assert found.steps == 10


def test_an_empty_mask_is_refused():
    with pytest.raises(MaskError, match="empty"):
        View.of(torch.zeros(3, 8, 8), torch.zeros(1, 8, 8), None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("mask_loss", "l2", "mask_loss must be one of chamfer, iou, l1"),
        ("texture_loss", "gan", "texture_loss must be one of"),
        ("codes", -1, "codes must lie between"),
        ("vertices", 600, "vertices must be one of"),
        ("features", "vgg", "no file of its weights"),
    ],
)
def test_settings_out_of_range_are_refused(name: str, value: object, message: str):
    with pytest.raises(InputError, match=message):
        dataclasses.replace(QUICK, **{name: value})
