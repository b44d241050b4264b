"""Tables 4 and 12 from one command: what each row leaves out, going on after a stop, and what the table says."""

import json
from pathlib import Path

import cv2
import pytest
from helpers.tiny_mirror import Ellipsoids

from mirror_core.encoders import MagicMirror
from mirror_core.errors import CancelledError, InputError
from mirror_core.features import GarmentConfig, GarmentNetwork
from training import ablate
from training.ablate import AblateMagicMirror
from training.evaluation.ablation_table import Outcome, table
from training.recipes.ablation import OURS, ROWS, check_has_every_part
from training.recipes.magic_mirror import LITE, LITE_JOINT, RECIPES

TINY = (
    *("loop.batch=4", "loop.averaging.start=0.5", "model.image-size=64 32"),
    *("model.shape.widths=8 8 8 8 8", "model.shape.hidden=16", "model.shape.mixing=8", "model.camera.widths=8"),
    *("model.texture.widths=8 8 8 8", "model.texture.decoder=8 8", "model.light.widths=8 8 8 8 8"),
)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AblateMagicMirror:
    """Two rows of a run over a few photos of ellipsoids; features from a network that has learnt nothing."""
    for split, count in (("train", 8), ("val", 5)):
        source = Ellipsoids(count)
        (tmp_path / "photos" / split).mkdir(parents=True)
        for number in range(count):
            path = tmp_path / "photos" / split / f"{number}.png"
            cv2.imwrite(str(path), (source.photo[number].permute(1, 2, 0) * 255).byte().numpy()[..., ::-1])
            mask = (source.mask[number, 0] * 255).byte().numpy()
            cv2.imwrite(str(path.with_name(f"{number}_mask.png")), mask)
    network = GarmentNetwork(GarmentConfig(("a", "b"), widths=(8, 8), features=3)).eval()
    monkeypatch.setattr(ablate, "feature_network", lambda _: network)
    changes = (*TINY, f"photos.cache={tmp_path / 'cache'}")
    return AblateMagicMirror(
        tmp_path / "photos", tmp_path / "out", epochs=2, seeds=(0,), rows=("SMR", OURS), device="cpu", set=changes
    )


class TestRows:
    def test_no_row_but_ours_is_the_recipe_itself(self):
        assert [name for name, changed in ROWS.items() if changed(LITE) == LITE] == [OURS]
        check_has_every_part(LITE)

    def test_each_row_leaves_out_its_part_alone(self):
        rows = {name: changed(LITE) for name, changed in ROWS.items()}
        assert rows["No Prototype Loop"].model == rows["No Encoder Loop"].model == LITE.model
        assert rows["No IM"].training == rows["IM as released"].training == LITE.training
        assert rows["No Prototype Loop"].training.turns == LITE.training.turns
        assert rows["No Encoder Loop"].training.prototype == LITE.training.prototype
        assert all(row.loop == LITE.loop for row in rows.values())

    def test_smr_has_a_sphere_and_neither_loop_nor_integration_but_the_same_backbone(self):
        row = ROWS["SMR"](LITE)
        assert row.model.half_axes == (0.9, 0.9, 0.9)
        assert not row.model.shape.integration
        assert not row.model.camera.integration
        assert row.training.prototype is None
        assert row.training.turns == (("shape", "camera", "texture", "light"),)
        assert row.model.shape.widths == LITE.model.shape.widths
        assert row.model.camera.offset == LITE.model.camera.offset  # "enable XY position prediction"

    @pytest.mark.parametrize("row", ROWS)
    def test_every_row_of_the_lite_recipe_can_be_built(self, row):
        config = ROWS[row](LITE).model
        assert isinstance(MagicMirror(config), MagicMirror)

    def test_a_recipe_without_an_encoder_loop_cannot_lose_it(self):
        with pytest.raises(InputError, match="lacks already what the row 'No Encoder Loop' leaves out"):
            check_has_every_part(LITE_JOINT)

    def test_the_published_recipes_have_every_part(self):
        for name in ("market-paper", "atr-paper", "cub-paper"):
            check_has_every_part(RECIPES[name])


class TestCommand:
    def test_it_measures_each_row_with_and_without_averaging(self, command, tmp_path, capsys):
        command.run()
        report = json.loads((tmp_path / "out" / "ablation.json").read_text())
        said = [(outcome["row"], outcome["averaged"], outcome["seed"]) for outcome in report["outcomes"]]
        assert said == [("SMR", False, 0), ("SMR", True, 0), (OURS, False, 0), (OURS, True, 0)]
        figures = [outcome["figures"] for outcome in report["outcomes"]]
        assert all(0 < each["mask_iou"] < 1 and "frechet_garment_novel" in each for each in figures)
        assert figures[2] != figures[3]
        assert report["features"] == "garment"
        assert "| Ours + averaging | 1 |" in capsys.readouterr().out

    def test_what_is_there_is_not_trained_again(self, command, tmp_path, monkeypatch):
        command.run()
        before = (tmp_path / "out" / "ablation.md").read_text()
        monkeypatch.setattr(ablate, "fit", lambda *_: pytest.fail("trained again"))
        command.run()
        assert (tmp_path / "out" / "ablation.md").read_text() == before

    def test_another_feature_network_measures_anew_without_training(self, command, tmp_path, monkeypatch):
        command.run()
        before = json.loads((tmp_path / "out" / "ablation.json").read_text())["outcomes"][0]["figures"]
        other = GarmentNetwork(GarmentConfig(("a", "b"), widths=(8, 8), features=3)).eval()
        monkeypatch.setattr(ablate, "feature_network", lambda _: other)
        monkeypatch.setattr(ablate, "digest", lambda _: "another")
        command.run()
        after = json.loads((tmp_path / "out" / "ablation.json").read_text())["outcomes"][0]["figures"]
        assert after["mask_iou"] == before["mask_iou"]
        assert after["frechet_garment_recon"] != before["frechet_garment_recon"]

    def test_other_settings_do_not_mix_with_what_is_there(self, command, tmp_path):
        command.run()
        other = AblateMagicMirror(
            command.data, command.out, epochs=3, seeds=(0,), rows=command.rows, device="cpu", set=command.set
        )
        with pytest.raises(InputError, match="was started with other settings of loop"):
            other.run()

    def test_when_time_is_up_the_same_command_goes_on(self, command, tmp_path):
        hasty = AblateMagicMirror(
            *(command.data, command.out), epochs=2, seeds=(0,), rows=(OURS,), minutes=0.0, device="cpu", set=command.set
        )
        with pytest.raises(CancelledError, match="the same command goes on"):
            hasty.run()
        command.run()
        assert (tmp_path / "out" / "ablation.md").is_file()


def _outcome(row: str, averaged: bool = False, seed: int = 0, iou: float = 0.8, novel: float = 5.0) -> Outcome:
    figures = {"mask_iou": iou, "mask_iou_soft": 0.0, "ssim": 0.7}
    distances = {"frechet_garment_recon": 1.0, "frechet_garment_novel": novel, "frechet_garment_90": 9.0}
    return Outcome(row, averaged, seed, figures | distances)


class TestTable:
    def test_means_and_ranges_over_the_seeds(self):
        text = table([_outcome(OURS, iou=0.8), _outcome(OURS, seed=1, iou=0.9)])
        assert "| Ours | 2 | 85.0 (80.0 to 90.0) | 70.0 (70.0 to 70.0) | 1.0 (1.0 to 1.0) |" in text

    def test_a_direction_counts_only_beyond_the_seeds_spread(self):
        ours = [_outcome(OURS, iou=0.80, novel=5.0), _outcome(OURS, seed=1, iou=0.84, novel=6.0)]
        row = [_outcome("No IM", iou=0.81, novel=4.0), _outcome("No IM", seed=1, iou=0.70, novel=3.0)]
        line = table([*row, *ours]).splitlines()[2]
        assert "MaskIoU ?" in line  # the ranges overlap
        assert "FD novel no" in line  # the paper has it worse without the integration module

    def test_the_paper_s_direction(self):
        rows = [_outcome(OURS, iou=0.8), _outcome("No IM", iou=0.7), _outcome(OURS, averaged=True, iou=0.9)]
        lines = table(rows).splitlines()
        assert "MaskIoU yes" in lines[3]
        assert "MaskIoU yes" in lines[4]

    def test_a_row_that_the_paper_does_not_have_has_no_verdict(self):
        assert table([_outcome(OURS), _outcome("IM as released")]).splitlines()[3].endswith("| - |")
