"""The studio's renderer agrees with the project's, and knows what it shows."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers.studio_pieces import card, plain_texture, template_piece
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.attributes.light import ambient_light
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.rendering import RasterSettings, Renderer
from mirror_core.rendering.shading import light_level
from training.synthetic.studio.shoot import ShootSettings, Shot, shoot

SIZE = (256, 128)
PLAIN = ShootSettings(occlusion=0.0)
WHITE = ambient_light()[0].numpy()
FRONT = Camera.single(0.0, 0.0, 2.5)


def picture(piece: object, **changes: object) -> Shot:
    settings = {"camera": FRONT, "light": WHITE, "size": SIZE, "settings": PLAIN} | changes
    pieces = piece if isinstance(piece, list) else [piece]
    return shoot(pieces, settings["camera"], settings["light"], settings["size"], settings["settings"])


CAMERAS = [
    Camera.single(0.0, 0.0, 2.5),
    Camera.single(70.0, 20.0, 2.4, (0.1, -0.2)),
    Camera.single(-160.0, -5.0, 3.4, (-0.2, 0.1)),
]


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("size", [(256, 128), (96, 160), (128, 128)])
def test_agrees_with_the_projects_renderer(camera: Camera, size: tuple[int, int]) -> None:
    """Same silhouette, depth, texture and light; one fine pixel a pixel, so that both take its centre."""
    template = make_template(2562)
    noise = np.random.default_rng(1).integers(0, 255, (16, 32, 4), np.uint8)
    light = np.array([3.0, 0.3, -0.2, 0.4, 0.1, -0.1, 0.15, 0.1, 0.2], np.float32)
    shot = picture(
        template_piece(template, noise), camera=camera, size=size, light=light, settings=replace(PLAIN, fineness=1)
    )
    renderer = Renderer("numba", size, RasterSettings(perspective_correct=True, cull_by_view=True), smooth_normals=True)
    texture = torch.tensor(noise[..., :3] / 255.0).permute(2, 0, 1)[None].float()
    theirs = renderer(template.vertices[None], template, camera, texture, torch.tensor(light)[None])
    assert theirs.rgb is not None
    mask = theirs.mask[0, 0].numpy() > 0
    both = mask & (shot.alpha > 0)
    assert both.sum() / (mask | (shot.alpha > 0)).sum() > 0.999
    np.testing.assert_allclose(shot.depth[both], theirs.depth[0, 0].numpy()[both], atol=1e-4)
    normals = theirs.normals[0].permute(1, 2, 0).numpy()
    np.testing.assert_allclose(shot.normals[both], normals[both], atol=2e-3)
    difference = np.abs(shot.rgb - theirs.rgb[0].permute(1, 2, 0).numpy())[both]
    assert np.quantile(difference, 0.98) < 2e-3  # v does not stop at the poles here, and the seam's faces are narrow


def test_supersampled_silhouette_agrees_too() -> None:
    template = make_template(2562)
    for camera in CAMERAS:
        shot = picture(template_piece(template), camera=camera)
        mask = Renderer("numba", SIZE, RasterSettings(cull_by_view=True))(
            template.vertices[None], template, camera
        ).mask
        ours, theirs = shot.alpha > 0.5, mask[0, 0].numpy() > 0
        assert (ours & theirs).sum() / (ours | theirs).sum() > 0.985
        assert abs(shot.alpha.sum() / theirs.sum() - 1) < 0.003


def test_light_on_a_sphere_is_the_projects() -> None:
    """Of constant albedo: what is divided out is `light_level` of the normals it reports."""
    template = make_template(2562, (0.6, 0.6, 0.6))
    light = np.array([3.0, 0.5, 0.6, 0.4, 0.2, -0.2, 0.2, 0.2, -0.3], np.float32)
    shot = picture(template_piece(template), light=light, camera=CAMERAS[1])
    covered = shot.piece >= 0
    normals = torch.tensor(shot.fine_normals).permute(2, 0, 1)[None]
    expected = light_level(normals, torch.tensor(light)[None])[0].numpy()
    np.testing.assert_allclose(shot.level[covered], expected[covered], atol=1e-5)
    np.testing.assert_allclose(shot.fine_rgb()[covered], 200 / 255 * expected[covered][:, None].repeat(3, 1), atol=1e-5)


def test_a_square_lies_where_the_projection_says() -> None:
    """Half 0.5 at distance 2.5: 0.5 / 2.5 / 0.4 = half the half-height, so rows 64..192 and columns 0..128 of 256^2."""
    shot = picture(card(), size=(256, 256))
    rows, columns = np.nonzero(shot.alpha)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (64, 191, 64, 191)
    assert (shot.alpha[64:192, 64:192] == 1).all()
    np.testing.assert_allclose(shot.depth[64:192, 64:192], 2.5, rtol=1e-6)


def test_weights_name_the_surface_points_seen() -> None:
    template = make_template(642)
    piece, camera = template_piece(template), CAMERAS[1]
    shot = picture(piece, camera=camera)
    rows, columns = np.nonzero(shot.piece >= 0)
    corners = piece.vertices[piece.faces[shot.face[rows, columns]]]
    points = (corners * shot.weights[rows, columns][..., None]).sum(axis=1)
    seen = (points - camera.eye().numpy()) @ camera.rotation()[0].numpy().T
    focal = 256 / 0.4  # half of 512 fine rows over half the view
    np.testing.assert_allclose(128 + focal * seen[:, 0] / -seen[:, 2], columns + 0.5, atol=2e-3)
    np.testing.assert_allclose(256 - focal * seen[:, 1] / -seen[:, 2], rows + 0.5, atol=2e-3)
    np.testing.assert_allclose(shot.fine_depth[rows, columns], -seen[:, 2], rtol=1e-5)


def test_the_nearer_piece_is_seen_whatever_the_order() -> None:
    near, far = card(z=0.2, half=0.2, part=7), card(z=-0.2, part=9)
    for order in ([near, far], [far, near]):
        shot = picture(order)
        assert shot.parts[128, 64] == 7
        assert shot.parts[128, 24] == 9
        assert shot.parts[10, 64] == 0


def test_both_sides_are_drawn_and_normals_face_the_viewer() -> None:
    for azimuth in (0.0, 180.0):
        shot = picture(card(), camera=Camera.single(azimuth, 0.0, 2.5))
        np.testing.assert_allclose(shot.normals[128, 64], [0, 0, 1], atol=1e-6)


def test_parts_are_there_where_half_a_pixel_is_covered() -> None:
    template = make_template(642)
    shot = picture([template_piece(template), card(half=0.3, z=0.3, part=5)])
    assert ((shot.parts > 0) == (shot.alpha >= 0.5)).all()
    assert set(np.unique(shot.parts)) == {0, 5, 41}


@given(st.integers(0, 255), st.floats(0.0, 0.01))
def test_a_cutouts_coverage_is_about_its_alpha(alpha: int, shift: float) -> None:
    texture = plain_texture()
    texture[..., 3] = alpha
    shot = picture(card(texture, cutout=True), camera=Camera.single(0.0, 0.0, 2.5, (shift, 0.0)))
    inside = shot.alpha[80:176, 20:108]
    assert inside.mean() == pytest.approx(alpha / 255, abs=0.2)
    if alpha in (0, 255):
        assert inside.mean() == alpha / 255


def test_alpha_counts_in_cutouts_alone() -> None:
    texture = plain_texture()
    texture[..., 3] = 0
    assert picture(card(texture)).alpha.max() == 1
    assert picture(card(texture, cutout=True)).alpha.max() == 0


def test_what_is_cut_out_does_not_colour_what_is_left() -> None:
    """Thin stripes of hair, white on black that is not there: however small, they stay white."""
    texture = np.zeros((512, 512, 4), np.uint8)
    texture[:, ::2] = 255
    shot = picture(card(texture, cutout=True, half=0.1))
    covered = shot.piece >= 0
    assert 0.3 < covered.sum() / 51.2**2 < 0.7  # half of 2 * 0.1 / 2.5 * 640 fine pixels, squared
    assert shot.albedo[covered].min() > 0.99


def test_fine_patterns_average_to_grey_wherever_they_lie() -> None:
    """A chequerboard far finer than pixels neither shimmers nor makes rings."""
    rows, columns = np.indices((1024, 1024))
    texture = plain_texture(size=1024)
    texture[..., :3] = (255 * ((rows + columns) % 2))[..., None]
    for shift in (0.0, 0.003, 0.007):
        shot = picture(card(texture, half=0.3), camera=Camera.single(10.0, 5.0, 2.5, (shift, 0.0)))
        np.testing.assert_allclose(shot.albedo[shot.piece >= 0], 0.5, atol=0.01)


def test_textures_repeat_in_both_directions() -> None:
    texture = np.random.default_rng(0).integers(0, 255, (16, 16, 4), np.uint8)
    once, thrice = picture(card(texture, half=0.15)), picture(card(texture, half=0.45, repeats=3.0))
    np.testing.assert_allclose(once.rgb[110:146, 46:82], thrice.rgb[110:146, 46:82], atol=2e-3)


def test_the_picture_is_the_mean_of_albedo_light_and_occlusion() -> None:
    light = np.array([3.0, 0.5, 0.6, 0.4, 0.2, -0.2, 0.2, 0.2, -0.3], np.float32)
    shot = picture([template_piece(make_template(642)), card(z=-0.3)], light=light, settings=ShootSettings())
    fine = shot.albedo * (shot.level * shot.occlusion)[..., None]
    mean = fine.reshape(256, 2, 128, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(shot.rgb, mean, atol=1e-6)
    np.testing.assert_allclose(shot.alpha, (shot.piece >= 0).reshape(256, 2, 128, 2).mean(axis=(1, 3)))
    assert shot.occlusion[shot.piece < 0].min() == 1


def test_open_surfaces_keep_their_light_and_corners_lose_some() -> None:
    flat = picture(card(), settings=ShootSettings())
    assert flat.occlusion.min() > 0.999
    wall = replace(card(), vertices=card().vertices[:, [2, 1, 0]] + np.float32([0, 0, 0.5]))  # stands up from the card
    corner = picture([card(), wall], camera=Camera.single(40.0, 0.0, 2.5), settings=ShootSettings())
    row = corner.occlusion[256][corner.piece[256] == 0]
    assert row.min() < 0.8
    assert row.max() > 0.95


def test_faces_behind_the_eye_are_left_out() -> None:
    shot = picture([card(z=3.0), card(z=0.0)])
    assert set(np.unique(shot.piece)) == {-1, 1}


def test_the_same_bytes_again() -> None:
    pieces = [template_piece(make_template(642)), card(z=0.1, cutout=True)]
    first, second = picture(pieces, settings=ShootSettings()), picture(pieces, settings=ShootSettings())
    for name in vars(first):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="fineness"):
        ShootSettings(fineness=0)
    with pytest.raises(InputError, match=r"one camera"):
        picture(card(), light=np.zeros(4, np.float32))


def test_pieces_without_faces_and_other_memory_layouts_are_fine() -> None:
    plain = card()
    hidden = replace(plain, faces=plain.faces[:0], uv_faces=plain.uv_faces[:0])
    strided = replace(plain, vertices=np.asfortranarray(plain.vertices), texture=plain_texture()[::-1])
    np.testing.assert_array_equal(picture([hidden, strided]).rgb, picture(plain).rgb)
