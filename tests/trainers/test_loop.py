"""Runs end the same however often they were interrupted, and on however many processes."""

import dataclasses
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from helpers import train_tiny
from helpers.tiny_mirror import Ellipsoids, tiny_task
from helpers.train_tiny import EVERYTHING, LOOP, train
from lightning.fabric import Fabric
from safetensors.torch import load_file

from mirror_core.encoders import MagicMirror
from mirror_core.errors import CancelledError, InputError
from mirror_core.trainers.loop import TrainingError, fit
from mirror_core.trainers.run_folder import RunFolder

SCRIPT = Path(train_tiny.__file__)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert train(folder)
    return folder


def _last(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(sorted((folder / "checkpoints").glob("*.safetensors"))[-1])


def _metrics(folder: Path) -> list[dict[str, float]]:
    """What was logged, but for the speed."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "photos_a_second"} for line in lines]


def _assert_same(a: Path, b: Path) -> None:
    first, second = _last(a), _last(b)
    assert first.keys() == second.keys()
    different = [name for name in first if not torch.equal(first[name], second[name])]
    assert different == []


def test_a_run_leaves_config_metrics_checkpoints_pictures_and_its_best_model(whole):
    config = json.loads((whole / "config.json").read_text())
    assert config["recipe"] == {"who": "tiny"}
    assert {"revision", "mirror-core", "torch", "lightning", "python"} <= set(config["made_with"])
    lines = _metrics(whole)
    assert [line["step"] for line in lines if line["kind"] == "train"] == list(range(1, 13))
    assert [line["step"] for line in lines if line["kind"] == "val"] == [6, 12]
    assert "averaged_score" in lines[-1]
    assert len(list((whole / "checkpoints").iterdir())) == 2
    assert [path.name for path in sorted((whole / "samples").iterdir())] == ["val-0000006.jpg", "val-0000012.jpg"]
    best = max(line[name] for line in lines for name in ("score", "averaged_score") if name in line)
    model = MagicMirror.from_pretrained(whole / "best")
    assert tiny_task().validate(model, Ellipsoids(4))["score"] == pytest.approx(best, abs=1e-5)


def test_a_run_stopped_after_every_step_ends_with_the_same_weights(whole, tmp_path):
    folder, calls = tmp_path / "run", 1
    while not train(folder, resume=calls > 1, minutes=0.0):
        calls += 1
    assert calls >= 12
    _assert_same(folder, whole)
    assert _metrics(folder) == _metrics(whole)


def test_a_run_killed_at_a_random_moment_ends_with_the_same_weights(whole, tmp_path):
    folder = tmp_path / "run"
    process = subprocess.Popen([sys.executable, str(SCRIPT), str(folder)], stdout=subprocess.DEVNULL)
    wanted = random.Random(os.getpid()).randint(1, 9)
    while len(list((folder / "checkpoints").glob("step-*"))) == 0 or _step(folder) < wanted:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert train(folder, resume=True)
    _assert_same(folder, whole)
    assert _metrics(folder) == _metrics(whole)


def _step(folder: Path) -> int:
    return max((int(path.stem[5:]) for path in (folder / "checkpoints").glob("step-*.safetensors")), default=0)


def test_ctrl_c_stops_between_steps_with_a_checkpoint_to_go_on_from(whole, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    original = RunFolder.log

    def interrupt(self, step, kind, values):
        original(self, step, kind, values)
        if step == 5:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", interrupt)
        with pytest.raises(CancelledError, match="has a checkpoint"):
            train(folder)
    assert _step(folder) == 6, "it was asked for after step 5, in the middle of the next one's turn"
    assert train(folder, resume=True)
    _assert_same(folder, whole)


def test_two_processes_learn_what_one_learns_from_the_joint_batch(whole, tmp_path):
    """Not bit for bit: sums over the batch are added up in another order."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "run"
    processes = []
    for rank in range(2):
        world = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "RANK": rank, "LOCAL_RANK": rank, "GROUP_RANK": 0}
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "test"}
        environment = os.environ | {name: str(value) for name, value in (world | place).items()}
        command = [sys.executable, str(SCRIPT), str(folder)]
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait(300) for process in processes] == [0, 0]
    for ours, joint in zip(_metrics(folder), _metrics(whole), strict=True):
        assert ours.keys() == joint.keys()
        for name, value in ours.items():
            if name != "kind":
                assert value == pytest.approx(joint[name], rel=2e-2, abs=2e-3), (ours["step"], name)
    first_step = next(line for line in _metrics(folder) if line["step"] == 1)
    for name, value in _metrics(whole)[0].items():
        if name != "kind":
            assert first_step[name] == pytest.approx(value, rel=1e-4, abs=2e-6), name


def test_a_checkpoint_holds_networks_both_optimizers_and_the_average(whole):
    kinds = {name.split("/")[0] + "/" + name.split("/")[1] for name in _last(whole) if not name.startswith("average")}
    assert kinds == {"module/model", "module/critic", "optimizer/model", "optimizer/critic"}
    assert any(name.startswith("average/shape") for name in _last(whole))


class TestBadInput:
    def test_a_folder_with_a_run_is_not_overwritten(self, whole):
        with pytest.raises(InputError, match="already holds a run"):
            RunFolder(whole, {"who": "tiny"})

    def test_a_run_is_not_resumed_with_another_recipe(self, whole):
        with pytest.raises(InputError, match="started with other settings of who"):
            RunFolder(whole, {"who": "giant"}, resume=True)

    def test_a_damaged_checkpoint_is_named(self, whole, tmp_path):
        run = RunFolder(tmp_path, {})
        path = run.checkpoint(3)
        path.parent.mkdir()
        path.write_bytes(b"not a checkpoint at all")
        with pytest.raises(InputError, match=r"step-0000003.safetensors is damaged"):
            fit(tiny_task(), Ellipsoids(8), Ellipsoids(4), LOOP, run, Fabric(accelerator="cpu", devices=1))

    def test_fewer_photos_than_a_batch(self, tmp_path):
        run = RunFolder(tmp_path, {})
        with pytest.raises(InputError, match="3 photos are fewer than one batch of 4"):
            fit(tiny_task(), Ellipsoids(3), Ellipsoids(4), LOOP, run, Fabric(accelerator="cpu", devices=1))

    def test_a_loss_that_is_no_number_is_named_and_the_checkpoint_before_it_kept(self, tmp_path):
        run, task = RunFolder(tmp_path, {}), tiny_task(EVERYTHING)
        original, steps = task.step, []

        def step(batch, moment, fabric):
            steps.append(moment.step)
            terms = original(batch, moment, fabric)
            return terms | {"image": torch.tensor(float("nan"))} if moment.step == 2 else terms

        task.step = step
        with pytest.raises(TrainingError, match="The loss image is not a finite number any more in step 2"):
            fit(task, Ellipsoids(8), Ellipsoids(4), LOOP, run, Fabric(accelerator="cpu", devices=1))
        assert _step(tmp_path) == 2
        assert all(torch.isfinite(values).all() for values in _last(tmp_path).values())

    def test_a_batch_that_two_processes_cannot_share_evenly(self):
        from mirror_core.trainers.moment import Moment

        moment = Moment(0, 0, 1, 1, rank=1, processes=2)
        assert moment.rows(8) == slice(4, 8)
        with pytest.raises(InputError, match="batch of 5 photos"):
            dataclasses.replace(moment).rows(5)
