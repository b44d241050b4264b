"""The critic."""

import torch

from mirror_core.discriminators import LITE_CRITIC, CriticConfig, WganCritic


def test_the_default_is_table_10():
    critic = WganCritic(CriticConfig())
    convolutions = [layer for layer in critic.network if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [16, 16, 32, 32, 48, 48, 64, 64, 64, 64, 64, 64, 48, 32, 1]
    assert all(layer.bias is None for layer in convolutions)
    picture, sizes = torch.rand(1, 4, 128, 64), []
    for layer in critic.network:
        picture = layer(picture)
        if isinstance(layer, torch.nn.Conv2d):
            sizes.append(tuple(picture.shape[2:]))
    halved = [(128, 64)] * 2 + [(64, 32)] * 2 + [(32, 16)] * 2 + [(16, 8)] * 2 + [(8, 4)] * 2 + [(4, 2)] * 2
    assert sizes == halved + [(2, 1)] * 3


def test_it_gives_one_number_a_picture_whatever_the_others_are():
    critic = WganCritic(LITE_CRITIC)
    pictures = torch.rand(3, 4, 160, 96)
    ratings = critic(pictures)
    assert ratings.shape == (3,)
    torch.testing.assert_close(critic(pictures[1:2])[0], ratings[1])


def test_it_tells_bright_from_dark_after_a_few_steps():
    torch.manual_seed(0)
    critic = WganCritic(LITE_CRITIC)
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
    bright, dark = 0.5 + 0.5 * torch.rand(8, 4, 64, 32), 0.5 * torch.rand(8, 4, 64, 32)
    for _ in range(20):
        loss = critic(dark).mean() - critic(bright).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert critic(bright).min() > critic(dark).max()
