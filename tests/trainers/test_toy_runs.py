"""What the loop must carry through a stop, and share between processes, on a network of two layers."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from helpers import toy_task
from helpers.tiny_mirror import Ellipsoids
from helpers.toy_task import LOOP, ToyTask, train_toy
from lightning.fabric import Fabric
from safetensors.torch import load_file

from mirror_core.trainers.averaging import AveragedWeights
from mirror_core.trainers.checkpoint import Position, read_checkpoint, write_checkpoint
from mirror_core.trainers.loop import TrainingError, fit
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.run_folder import RunFolder


def _last(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(sorted((folder / "checkpoints").glob("*.safetensors"))[-1])


def _steps(folder: Path, kind: str) -> list[int]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line["step"] for line in lines if line["kind"] == kind]


def _two_processes(*arguments: object) -> list[str]:
    """What each of two processes of toy_task.py printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "GROUP_RANK": 0, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    command = [sys.executable, toy_task.__file__, *map(str, arguments)]
    processes = []
    for rank in range(2):
        environment = {**world, "RANK": rank, "LOCAL_RANK": rank, "TORCHELASTIC_RUN_ID": "test", "OMP_NUM_THREADS": 1}
        environment = os.environ | {name: str(value) for name, value in environment.items()}
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
    printed = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed


def test_batch_norm_dropout_and_amsgrad_go_on_where_they_stopped(tmp_path):
    assert train_toy(tmp_path / "whole")
    while not train_toy(tmp_path / "parts", resume=(tmp_path / "parts").exists(), minutes=0.0):
        pass
    whole, parts = _last(tmp_path / "whole"), _last(tmp_path / "parts")
    assert {"optimizer/model/0/max_exp_avg_sq", "module/model/layers.1.running_var"} <= whole.keys() == parts.keys()
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []


def test_two_processes_end_with_the_weights_of_one(tmp_path):
    """Only the order of sums differs, which in double precision stays far below 1e-6 even where Adam divides by it."""
    train_toy(tmp_path / "one", plain=True)
    _two_processes(tmp_path / "two")
    one, two = _last(tmp_path / "one"), _last(tmp_path / "two")
    for name, values in one.items():
        torch.testing.assert_close(two[name], values, atol=1e-6, rtol=0, msg=name)
    assert _steps(tmp_path / "two", "train") == _steps(tmp_path / "one", "train") == [2, 4, 6, 8]


def test_a_loss_that_one_process_loses_stops_all_of_them(tmp_path):
    printed = _two_processes(tmp_path, 1)
    assert "The loss of another process is not a finite number any more in step 2." in printed[0]
    assert "The loss square is not a finite number any more in step 2." in printed[1]


def test_lines_after_the_checkpoint_and_half_lines_are_forgotten(tmp_path):
    train_toy(tmp_path, minutes=0.0)
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 1, "kind": "train"}\n{"step": 2, "kind": "train"}\n{"step": 3, "ki')
    train_toy(tmp_path, resume=True, minutes=0.0)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2]


def test_what_a_kill_left_half_written_is_cleared_away(tmp_path):
    train_toy(tmp_path, minutes=0.0)
    (tmp_path / "checkpoints" / ".step-0000002.safetensors.0a1b.tmp").write_bytes(b"half")
    train_toy(tmp_path, resume=True, minutes=0.0)
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        "step-0000001.safetensors",
        "step-0000002.safetensors",
    ]


def test_a_checkpoint_gives_back_what_it_took(tmp_path):
    task, averaged = ToyTask(), AveragedWeights(LOOP.averaging)
    fabric, batch = Fabric(accelerator="cpu", devices=1), Ellipsoids(4).batch(torch.arange(4))
    for step in range(2):
        task.step(batch, Moment(0, step, 3, 3), fabric)
        averaged.after_epoch(task.modules["model"], 1.0)
    write_checkpoint(tmp_path / "a.safetensors", task, averaged, Position(step=2, best=-0.25))
    again, average = ToyTask(), AveragedWeights(LOOP.averaging)
    assert read_checkpoint(tmp_path / "a.safetensors", again, average) == Position(step=2, best=-0.25)
    assert average.count == 2
    torch.testing.assert_close(average.mean, averaged.mean, atol=0, rtol=0)
    before, after = task.optimizers["model"].state_dict(), again.optimizers["model"].state_dict()
    assert before["state"].keys() == after["state"].keys()
    for number, state in before["state"].items():
        assert state.keys() == {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"}
        torch.testing.assert_close(after["state"][number], state, atol=0, rtol=0)


def test_weights_that_are_no_numbers_are_not_saved(tmp_path):
    task, run = ToyTask(), RunFolder(tmp_path, {})
    original = task.step

    def step(batch, moment, fabric):
        terms = original(batch, moment, fabric)
        if moment.step == 1:
            task.modules["model"].layers[0].bias.data[0] = float("inf")
        return terms

    task.step = step
    with pytest.raises(TrainingError, match="weights of model are not finite numbers any more after 2 steps"):
        fit(task, Ellipsoids(8), Ellipsoids(4), LOOP, run, Fabric(accelerator="cpu", devices=1))
    assert [path.name for path in run.checkpoints()] == ["step-0000001.safetensors"]


def test_tensorboard_shows_the_same_scalars(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train_toy(tmp_path)
    shown = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [event.step for event in shown.Scalars("train/square")] == _steps(tmp_path, "train")
    assert [event.step for event in shown.Images("val")] == _steps(tmp_path, "val") == [6, 9]


def test_without_tensorboard_a_run_says_so_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    assert train_toy(tmp_path)
    assert capsys.readouterr().err.count("TensorBoard is not installed") == 1
    assert not (tmp_path / "tensorboard").exists()
    assert _steps(tmp_path, "val") == [6, 9]
