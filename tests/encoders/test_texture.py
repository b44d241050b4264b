"""The texture: a flow on the front, mirrored to the back, in the template's UV map."""

import torch

from mirror_core.attributes import Camera
from mirror_core.encoders import MagicMirror, make_config
from mirror_core.encoders.texture import front_flow, mirror_to_back, spread_colours
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer


def test_the_back_has_the_colour_of_its_mirror_image_in_front():
    texture = mirror_to_back(torch.rand(1, 3, 64, 32))
    template = make_template()
    grid = torch.stack([template.uv[:642, 0] * 2 - 1, 1 - template.uv[:642, 1] * 2], dim=-1)[None, None]
    colours = torch.nn.functional.grid_sample(texture, grid, padding_mode="border", align_corners=False)[0, :, 0]
    inner = (template.uv[:642, 0] > 0.02) & (template.uv[:642, 0] < 0.98) & (template.uv[:642, 1] - 0.5).abs().lt(0.45)
    inner &= inner[template.front_back]
    torch.testing.assert_close(colours[:, inner], colours[:, template.front_back][:, inner], atol=1e-4, rtol=0)


def test_the_anchored_flow_paints_the_photo_onto_the_front_as_a_camera_there_sees_it():
    """The ellipsoid textured by its own anchor shows each photo pixel where the photo has it."""
    template = make_template()
    ramp = torch.stack(torch.meshgrid(torch.linspace(0, 1, 160), torch.linspace(0, 1, 96), indexing="ij"))
    photo = torch.cat([ramp, torch.zeros(1, 160, 96)])[None]
    flow = front_flow((160, 96), (0.45, 0.9, 0.225))
    front = torch.nn.functional.grid_sample(photo, flow.permute(0, 2, 3, 1), align_corners=True)
    far = Camera.single(distance=200.0)  # nearly orthographic; the anchor is
    seen = Renderer(image_size=(160, 96))(template.vertices[None], template, far, mirror_to_back(front))
    assert seen.rgb is not None
    near = Renderer(image_size=(1600, 960))(
        template.vertices[None], template, Camera.single(distance=25.0), mirror_to_back(front)
    )
    assert near.rgb is not None
    rows, columns = torch.nonzero(near.mask[0, 0], as_tuple=True)
    # The ellipsoid spans 0.9 of the anchored picture's height and 0.75 of its width.
    height, width = (rows.max() - rows.min() + 1), (columns.max() - columns.min() + 1)
    middle_row, middle_column = (rows.max() + rows.min()) / 2, (columns.max() + columns.min()) / 2
    y = 0.5 + (rows - middle_row) / height * 0.9
    x = 0.5 + (columns - middle_column) / width * 0.75
    found = near.rgb[0][:2, rows, columns]
    inside = (((y - 0.5) / 0.45) ** 2 + ((x - 0.5) / 0.375) ** 2) < 0.9
    assert (found[0] - y)[inside].abs().max() < 0.03
    assert (found[1] - x)[inside].abs().max() < 0.03


def test_a_flow_of_nothing_takes_every_colour_from_the_middle_of_the_photo():
    """As published the flow is not anchored: tanh(0) = 0 is the middle."""
    model = MagicMirror(make_config("smr", image_size=(64, 64)))
    photo = torch.zeros(2, 3, 64, 64)
    photo[:, 0, 24:40, 24:40] = 1.0
    texture = model(photo, torch.ones(2, 1, 64, 64)).texture
    assert texture.shape == (2, 3, 64, 128)
    torch.testing.assert_close(texture[:, 0], torch.ones(2, 64, 128), atol=1e-2, rtol=0)


class TestSpreadColours:
    def _red_on_blue(self) -> tuple[torch.Tensor, torch.Tensor]:
        mask = torch.zeros(1, 1, 32, 32)
        mask[:, :, 8:24, 8:24] = 1.0
        red, blue = torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1), torch.tensor([0, 0, 1.0]).view(1, 3, 1, 1)
        return red * mask + blue * (1 - mask), mask

    def test_the_background_takes_the_object_s_colour(self):
        spread = spread_colours(*self._red_on_blue())
        torch.testing.assert_close(spread, torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1).expand_as(spread))

    def test_the_object_s_outermost_pixels_are_replaced_and_the_inner_ones_kept(self):
        photo, mask = self._red_on_blue()
        photo[:, :, 8, 8:24] = 0.5  # mixed with the background by the lens
        photo[:, :, 15, 15] = 0.25
        spread = spread_colours(photo, mask)
        torch.testing.assert_close(spread[0, :, 8, 16], torch.tensor([1.0, 0, 0]), atol=0.05, rtol=0)
        assert spread[0, :, 15, 15].tolist() == [0.25, 0.25, 0.25]

    def test_an_object_as_thin_as_a_pixel_keeps_its_colours(self):
        photo, mask = torch.rand(1, 3, 16, 16), torch.zeros(1, 1, 16, 16)
        mask[:, :, :, 7] = 1.0
        torch.testing.assert_close(spread_colours(photo, mask)[..., 7], photo[..., 7])

    def test_without_an_object_everything_is_black_and_finite(self):
        assert spread_colours(torch.rand(2, 3, 16, 8), torch.zeros(2, 1, 16, 8)).abs().max() == 0
