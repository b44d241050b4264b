"""Virtual pedestrians: who is mixed with whom, what they are called, what they look like."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config

from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError, OutputError
from mirror_core.trainers.photos import PhotoBatch
from training.figures.reid import (
    MARKET_NAME,
    FigureReid,
    Virtual,
    backgrounds,
    identity_of,
    market_name,
    mix_identities,
)

NAMES = ["0002_c1s1_000451_03", "0002_c3s2_000001_01", "0007_c6s4_000009_01", "-1_c2s1_000001_01"]


def test_names_say_who_is_on_a_photo():
    assert [identity_of(name) for name in NAMES] == ["0002", "0002", "0007", "-1"]
    assert identity_of("holiday") == "holiday"


def test_a_partner_is_always_another_person():
    identities = ["a"] * 50 + ["b"] * 3 + ["c"]
    people = mix_identities(identities, 1502, seed=4)
    assert [person.photo for person in people] == list(range(54))
    assert all(identities[person.photo] != identities[person.partner] for person in people)


def test_two_people_are_one_identity_and_one_mixture_in_either_order():
    identities = ["a", "a", "b", "b"]
    people = mix_identities(identities, 1502, seed=0)
    assert {person.identity for person in people} == {1502}
    weight_of_a = {person.weight if identities[person.photo] == "a" else 1.0 - person.weight for person in people}
    assert max(weight_of_a) - min(weight_of_a) < 1e-12
    assert 0.0 < min(weight_of_a) < 1.0


def test_identities_are_numbered_without_gaps_and_by_seed():
    identities = [str(number) for number in range(40)]
    people = mix_identities(identities, 100, seed=1)
    assert sorted({person.identity for person in people}) == list(range(100, 100 + len({p.identity for p in people})))
    assert people == mix_identities(identities, 100, seed=1)
    assert people != mix_identities(identities, 100, seed=2)


def test_one_person_alone_cannot_be_mixed():
    with pytest.raises(InputError, match="all of one person"):
        mix_identities(["a", "a"], 1502, seed=0)


def test_files_are_named_as_market_1501_names_them():
    assert market_name(Virtual(7, 1, 0.5, 1502), NAMES[2], 3) == "1502_c6s4_000007_03.jpg"
    assert market_name(Virtual(7, 1, 0.5, 12345), "holiday", 5) == "12345_c1s1_000007_05.jpg"
    found = MARKET_NAME.match("12345_c1s1_000007_05.jpg")
    assert found
    assert found["identity"] == "12345"


def test_the_background_keeps_nothing_of_the_person():
    photo, mask = torch.full((1, 3, 40, 20), 0.2), torch.zeros(1, 1, 40, 20)
    photo[:, :, 10:30, 6:14] = 1.0
    mask[:, :, 11:29, 7:13] = 1.0  # a mask one pixel too small
    behind = backgrounds(PhotoBatch(photo, mask, torch.tensor([0])))
    torch.testing.assert_close(behind, torch.full_like(photo, 0.2), atol=0.01, rtol=0)


@pytest.fixture
def command(tmp_path: Path) -> FigureReid:
    """Four ellipsoids of three people, on grey, and an untrained model."""
    torch.manual_seed(0)
    MagicMirror(tiny_config()).save_pretrained(tmp_path / "model")
    data, ellipsoids = tmp_path / "data", Ellipsoids(4)
    data.mkdir()
    for number, name in enumerate(NAMES):
        rgb = (ellipsoids.photo[number].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
        cv2.imwrite(str(data / f"{name}.png"), rgb[..., ::-1])
        cv2.imwrite(str(data / f"{name}_mask.png"), (ellipsoids.mask[number, 0].numpy() * 255).astype(np.uint8))
    return FigureReid(tmp_path / "model", data, tmp_path / "out", "folder", "all", height=64, cache=tmp_path / "cache")


def read(path: Path) -> np.ndarray:
    return cv2.imread(str(path))[..., ::-1].astype(int)


def test_the_command_draws_five_turns_of_every_photo(command: FigureReid, capsys: pytest.CaptureFixture[str]):
    command.run()
    pictures = sorted(command.out.glob("*.jpg"))
    assert len(pictures) == 4 * 5
    about = json.loads((command.out / "identities.json").read_text())
    assert [row["photo"] for row in about] == sorted(NAMES)
    assert {path.name[:4] for path in pictures} == {str(row["identity"]) for row in about}
    assert "20 pictures of" in capsys.readouterr().out
    shapes = {read(path).shape for path in pictures}
    assert shapes == {(64, 32, 3)}
    with pytest.raises(OutputError, match="already exists"):
        command.run()


def test_behind_them_is_the_photo_or_white(command: FigureReid, tmp_path: Path):
    command.run()
    replace(command, out=tmp_path / "white", background="white").run()
    name = next(command.out.glob("*_03.jpg")).name
    assert abs(read(command.out / name)[:4, :4] - 127).max() < 8
    assert (read(tmp_path / "white" / name)[:4, :4] > 250).all()
    middle = read(command.out / name)[28:36, 14:18] - read(tmp_path / "white" / name)[28:36, 14:18]
    assert abs(middle).max() < 8
