"""The integration module reads the picture where each vertex is."""

import torch

from mirror_core.encoders.integration import IntegrationModule, sample_points
from mirror_core.encoders.magic_mirror import MagicMirror
from mirror_core.encoders.presets import make_config
from mirror_core.mesh import make_template
from mirror_core.mesh.laplacian import uniform_laplacian


def test_points_are_read_with_x_to_the_right_and_y_down():
    ramp = torch.stack(torch.meshgrid(torch.linspace(-1, 1, 7), torch.linspace(-1, 1, 5), indexing="ij"))[None]
    points = torch.tensor([[[0.3, -0.8], [-1.0, 1.0]]])  # x, y
    values = sample_points(ramp, points)  # channel 0 is y, channel 1 is x
    torch.testing.assert_close(values, torch.tensor([[[-0.8, 1.0], [0.3, -1.0]]]))


def test_it_equals_the_concatenation_and_convolution_of_table_11():
    template = make_template()
    module = IntegrationModule(template, channels=5, hidden=4, local=True, neighbours=True)
    features, prototype = torch.rand(2, 5, 4, 3), template.vertices
    points = torch.rand(2, 642, 2) * 2 - 1
    local = sample_points(features, points)
    pooled = module.pool(features)[..., 0].expand(-1, -1, 642)
    laplacian = torch.from_numpy(uniform_laplacian(template.faces.numpy(), 642).toarray()).float()
    table = torch.cat([local, pooled, local @ laplacian.T, prototype.T.expand(2, -1, -1)], dim=1)
    assert module.from_local is not None
    assert module.from_difference is not None
    weights = torch.cat(
        [
            module.from_local.weight[..., 0, 0],
            module.from_global.weight,
            module.from_difference.weight[..., 0, 0],
            module.from_place.weight,
        ],
        dim=1,
    )
    expected = torch.nn.functional.conv1d(table, weights[..., None], module.from_global.bias)
    torch.testing.assert_close(module(features, prototype, points), expected, rtol=1e-4, atol=1e-5)


def _points(sampling: str) -> torch.Tensor:
    config = make_config("lite")
    model = MagicMirror(make_config("lite", shape=_with(config.shape, sampling=sampling)))
    picture = model.normalise(torch.rand(1, 3, 160, 96), torch.ones(1, 1, 160, 96))
    return model._reading_points(model.camera(picture).detach())[0]


def _with(config, **changes):
    import dataclasses

    return dataclasses.replace(config, **changes)


def test_the_head_reads_the_head_and_not_the_feet():
    head = int(make_template().vertices[:, 1].argmax())
    assert _points("front")[head, 1] < -0.8  # y down: near the upper border
    assert _points("camera")[head, 1] < -0.3
    assert _points("release")[head, 1] > 0.8  # as released: upside down


def test_the_release_reads_the_middle_of_the_width_only_and_the_front_nearly_all():
    torch.testing.assert_close(_points("release")[:, 0].max(), torch.tensor(0.45))
    torch.testing.assert_close(_points("front")[:, 0].max(), torch.tensor(0.45 * 160 / 96))


def test_the_camera_reads_where_the_renderer_draws():
    from mirror_core.attributes import Camera
    from mirror_core.rendering import Renderer

    model = MagicMirror(make_config("lite"))
    camera = Camera.single(azimuth=50.0, elevation=10.0, distance=3.0, offset=(0.1, 0.2))
    points = model._reading_points(camera)[0]
    seen = Renderer(image_size=(160, 96))(model.prototype[None], model.template, camera).mask[0, 0]
    rows, columns = torch.nonzero(seen, as_tuple=True)
    width, height = points.max(dim=0).values - points.min(dim=0).values
    assert abs((columns.max() - columns.min() + 1).item() - width.item() * 48) < 1.5
    assert abs((rows.max() - rows.min() + 1).item() - height.item() * 80) < 1.5
    assert abs((columns.min() / 48 - 1).item() - points[:, 0].min().item()) < 0.03
    assert abs((rows.min() / 80 - 1).item() - points[:, 1].min().item()) < 0.03
