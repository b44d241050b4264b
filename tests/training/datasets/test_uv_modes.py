"""Modes by least squares: what is linear in the codes is found again, known texels alone count."""

import dataclasses

import numpy as np
import pytest
import torch
from helpers.uv_objects import egg_maps, tiny_config
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator
from mirror_core.generators.surface import make_surface_template
from mirror_core.mesh import SphereMap
from training.datasets.uv_maps import UvMaps
from training.datasets.uv_modes import linear_modes
from training.recipes.convmesh import RECIPES


def linear_objects(count: int = 400) -> tuple[UvMaps, Tensor]:
    """A source whose maps and textures are linear in its codes, and what the maps grow by. One row is never known."""
    numbers = torch.Generator().manual_seed(0)
    source = egg_maps(4)
    codes = torch.randn(2, count, 6, generator=numbers)
    codes[1] = codes[0] * torch.tensor([-1.0, 1, 1, 1, 1, 1])  # the first number says which side is meant
    grown = torch.zeros(6, 3, 16, 16)
    grown[0, 1, :, :8], grown[0, 1, :, 8:] = 0.01, -0.01
    grown[1:, 1] = torch.rand(5, 1, 1, generator=numbers) * 0.02
    textures = np.zeros((count, 16, 16, 4), np.uint8)
    textures[..., :3] = np.rint(128 + 20 * codes[0, :, 2].numpy().clip(-3, 3))[:, None, None, None]
    textures[..., 3] = 255
    textures[::2, :, 4] = 0
    textures[:, 5] = 0
    maps = torch.einsum("nz,zchw->nchw", codes[0], grown)
    objects = dataclasses.replace(source.objects, textures=textures)
    return dataclasses.replace(source, objects=objects, maps=maps, codes=codes), grown


CONFIG = tiny_config(modes=16)


def test_what_is_linear_is_found():
    source, grown = linear_objects()
    modes = linear_modes(source, CONFIG)
    read = SphereMap.of(make_surface_template(CONFIG)).read(grown)
    torch.testing.assert_close(modes.moved, read, atol=5e-4, rtol=0)
    assert modes.texture[2, :, 0].sub(20 / 255).abs().max() < 4e-3  # clipped at 3 standard deviations
    assert modes.texture[1, :, 0].abs().max() < 2e-3
    assert modes.mean_texture[:, 0].sub(128 / 255 - 0.5).abs().max() < 2e-3


def test_half_known_texels_are_found_from_the_objects_that_show_them_and_unknown_ones_stay():
    modes = linear_modes(linear_objects()[0], CONFIG)
    assert modes.texture[2, :, 0, 4].sub(20 / 255).abs().max() < 6e-3
    assert not modes.texture[:, :, 5].any()
    assert not modes.mean_texture[:, 5].any()


def test_modes_need_codes():
    with pytest.raises(InputError, match="Modes need data with codes"):
        linear_modes(egg_maps(placing=None), CONFIG)


def test_a_training_begins_with_them():
    """Before its first step the generator already makes the data nearly, from their codes."""
    source = egg_maps(30)
    assert source.codes is not None
    recipe = dataclasses.replace(RECIPES["lite"], generator=tiny_config())
    task = recipe.task(source)
    blank = ConvMeshGenerator(tiny_config()).eval()
    truth = torch.from_numpy(np.asarray(source.objects.vertices))
    with torch.no_grad():
        apart = [float((one.eval()(source.codes[0]).vertices - truth).abs().mean()) for one in (task.generator, blank)]
    assert apart[0] < 0.25 * apart[1]
