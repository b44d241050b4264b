"""The losses that teach encoders, by hand: equations 8 to 10 of 3D Magic Mirror and the release's own terms."""

import dataclasses
import math

import pytest
import torch

from mirror_core import losses
from mirror_core.attributes import Attributes, Camera
from mirror_core.losses.attribute_consistency import camera_vector

F64 = torch.float64


def _attributes(azimuth: float = 0.0, shift: float = 0.0) -> Attributes:
    camera = Camera(
        *(torch.full((2,), value, dtype=F64) for value in (azimuth, 5.0, 3.0)), torch.zeros(2, 2, dtype=F64)
    )
    points = torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=F64).expand(2, -1, -1) + shift
    return Attributes(camera, points, points, torch.full((2, 3, 4, 4), 0.5, dtype=F64), torch.zeros(2, 9, dtype=F64))


class TestAttributeConsistency:
    def test_the_same_attributes_cost_nothing(self):
        for shape in ("l1", "chamfer"):
            terms = losses.attribute_consistency_loss(_attributes(), _attributes(), shape)
            assert {name: value.item() for name, value in terms.items()} == dict.fromkeys(
                ("camera", "vertices", "texture", "light"), 0.0
            )

    def test_each_part_is_a_mean_absolute_difference(self):
        found = dataclasses.replace(
            _attributes(shift=0.3),
            texture=torch.full((2, 3, 4, 4), 0.7, dtype=F64),
            light=torch.full((2, 9), -0.1, dtype=F64),
            camera=dataclasses.replace(_attributes().camera, distance=torch.tensor([3.7, 3.0], dtype=F64)),
        )
        terms = losses.attribute_consistency_loss(found, _attributes())
        assert terms["vertices"].item() == pytest.approx(0.3)
        assert terms["texture"].item() == pytest.approx(0.2)
        assert terms["light"].item() == pytest.approx(0.1)
        assert terms["camera"].item() == pytest.approx(0.7 / (2 * 7))

    def test_opposite_ends_of_the_azimuth_are_the_same(self):
        terms = losses.attribute_consistency_loss(_attributes(180.0), _attributes(-180.0))
        assert terms["camera"].item() == pytest.approx(0.0, abs=1e-12)

    def test_a_quarter_turn_changes_cosine_and_sine_by_one(self):
        terms = losses.attribute_consistency_loss(_attributes(90.0), _attributes(0.0))
        assert terms["camera"].item() == pytest.approx(2.0 / 7)

    def test_a_camera_as_numbers(self):
        vector = camera_vector(Camera.single(30.0, 60.0, 2.5, (0.1, -0.2)))
        expected = [math.sqrt(3) / 2, 0.5, 0.5, math.sqrt(3) / 2, 2.5, 0.1, -0.2]
        torch.testing.assert_close(vector, torch.tensor([expected]))


class TestChamferPoints:
    def test_order_does_not_matter(self):
        points = torch.rand(2, 10, 3)
        assert losses.chamfer_points_loss(points, points.flip(1)).item() == 0.0

    def test_squared_distances_both_ways_are_added(self):
        a = torch.tensor([[[0.0, 0, 0], [4, 0, 0]]])
        b = torch.tensor([[[1.0, 0, 0]]])
        # from a: 1 and 9, mean 5; from b: 1
        assert losses.chamfer_points_loss(a, b).item() == pytest.approx(6.0)

    def test_gradient(self):
        a, b = torch.rand(1, 5, 3, dtype=F64, requires_grad=True), torch.rand(1, 4, 3, dtype=F64, requires_grad=True)
        assert torch.autograd.gradcheck(losses.chamfer_points_loss, (a, b))


class TestEdgeLength:
    EDGES = torch.tensor([[0, 1], [1, 2]])

    def test_equal_edges_cost_nothing(self):
        points = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [1, 1, 0]]])
        assert losses.edge_length_loss(points, self.EDGES).item() == pytest.approx(0.0, abs=1e-6)

    def test_lengths_one_and_three_deviate_by_one(self):
        points = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [1, 3, 0]]])
        assert losses.edge_length_loss(points, self.EDGES).item() == pytest.approx(1.0)

    def test_each_mesh_has_its_own_mean(self):
        small = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [1, 1, 0]]])
        assert losses.edge_length_loss(torch.cat([small, 5 * small]), self.EDGES).item() == pytest.approx(0, abs=1e-6)

    def test_gradient(self):
        points = torch.rand(2, 3, 3, dtype=F64, requires_grad=True)
        assert torch.autograd.gradcheck(lambda p: losses.edge_length_loss(p, self.EDGES), (points,))


class TestRimDepth:
    POINTS = torch.tensor([[[0.5, 1.0, 0.2], [0.0, 0.0, 0.2]]])

    def test_a_flat_mesh_costs_nothing(self):
        assert losses.rim_depth_loss(self.POINTS * torch.tensor([1.0, 1, 0]), "round").item() == 0.0

    def test_round_weighs_the_rim_exponentially(self):
        # distance (0.5^2 + (1 / 2)^2) = 0.5 for the first, 0 for the second
        expected = 0.04 * (math.exp(1.0) + 1.0) / 2
        assert losses.rim_depth_loss(self.POINTS, "round").item() == pytest.approx(expected)

    def test_column_weighs_the_rim_alone(self):
        assert losses.rim_depth_loss(self.POINTS, "column").item() == pytest.approx(0.04 * 0.5 / 2)


class TestContour:
    def test_equal_masks_cost_nothing(self):
        mask = (torch.rand(2, 1, 16, 16) > 0.5).float()
        assert losses.contour_loss(mask, mask).item() == 0.0

    def test_where_a_mask_is_constant_it_has_no_contour(self):
        assert losses.contour_loss(torch.ones(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)).item() == pytest.approx(0.0)

    def test_a_lone_pixel_s_contour_is_what_the_shrunk_picture_lost(self):
        mask = torch.zeros(1, 1, 8, 8)
        mask[0, 0, 1, 1] = 1.0  # bilinear shrinking by 4 reads pixels 1 and 2 of each four, a quarter each
        down = torch.zeros(1, 1, 2, 2)
        down[0, 0, 0, 0] = 0.25
        up = torch.nn.functional.interpolate(down, size=(8, 8), mode="bilinear", align_corners=False)
        expected = (mask - up).square().mean().item()
        assert losses.contour_loss(mask, torch.zeros(1, 1, 8, 8)).item() == pytest.approx(expected)


class TestWasserstein:
    def test_a_critic_wants_photos_above_renderings(self):
        assert losses.critic_loss(torch.tensor([3.0, 5.0]), torch.tensor([1.0, 0.0])).item() == pytest.approx(-3.5)

    def test_a_rendering_wants_a_high_rating(self):
        assert losses.generator_loss(torch.tensor([1.0, 2.0])).item() == pytest.approx(-1.5)

    def test_a_linear_critic_s_penalty_is_that_of_its_weight(self):
        weight = torch.full((4, 2, 2), 0.5)  # length sqrt(16 / 4) = 2

        def critic(picture):
            return (picture * weight).sum(dim=(1, 2, 3))

        pictures = torch.rand(3, 4, 2, 2)
        penalty = losses.gradient_penalty(critic, pictures, torch.rand(3, 4, 2, 2), torch.rand(3))
        assert penalty.item() == pytest.approx(1.0, abs=1e-5)

    def test_the_penalty_is_taken_between_photo_and_rendering(self):
        def critic(picture):  # gradient 2 x, of length 2 |x|
            return picture.square().sum(dim=(1, 2, 3))

        real, fake = torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1)
        penalty = losses.gradient_penalty(critic, real, fake, torch.tensor([0.25]))
        assert penalty.item() == pytest.approx((2 * 0.25 - 1.0) ** 2, abs=1e-5)

    def test_the_penalty_teaches_the_critic(self):
        layer = torch.nn.Conv2d(4, 1, 3, bias=False)
        penalty = losses.gradient_penalty(
            lambda p: layer(p).mean(dim=(1, 2, 3)), torch.rand(2, 4, 5, 5), torch.rand(2, 4, 5, 5), torch.rand(2)
        )
        penalty.backward()
        assert layer.weight.grad is not None
        assert layer.weight.grad.abs().sum() > 0


class TestReleasedVariants:
    def test_whitened_pictures_differ_only_inside_the_photo_s_mask(self):
        photo, rendered = torch.zeros(1, 3, 2, 2), torch.full((1, 3, 2, 2), 0.8)
        mask = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]])
        assert losses.whitened_image_loss(rendered, photo, mask).item() == pytest.approx(0.2)

    def test_offsets_mirrored_in_depth_cost_nothing(self):
        offsets = torch.tensor([[[0.1, 0.2, 0.3], [0.1, 0.2, -0.3]]])
        mirror = torch.tensor([1, 0])
        assert losses.offset_symmetry_loss(offsets, mirror).item() == pytest.approx(0.0, abs=1e-6)

    def test_only_offsets_whose_mirror_image_points_outward_count(self):
        mirror = torch.tensor([1, 0])
        # Vertex 0's mirrored partner is (0, 0, 0.3): 0.3 away; vertex 1's is (0, 0, 0): not outward.
        offsets = torch.tensor([[[0.0, 0, 0], [0, 0, -0.3]]])
        assert losses.offset_symmetry_loss(offsets, mirror).item() == pytest.approx(0.15, abs=1e-5)
