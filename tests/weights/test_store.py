"""Models by name: found, checked, or refused with a reason."""

import hashlib
import json
from pathlib import Path

import pytest

from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.weights import FOLDER_VARIABLE, KnownModel, find_model, read_catalogue, weights_folder

CONTENT = {"config.json": b"{}", "model.safetensors": b"eight bytes"}


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, KnownModel]:
    """A catalogue of one model, which lies in the folder that the environment names."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "weights"))
    for name, data in CONTENT.items():
        path = tmp_path / "weights" / "people" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    digests = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items())
    return {"people": KnownModel("people", digests, "CC0-1.0", "renders", "abc123")}


def test_a_known_name_is_a_folder_below_the_one_that_the_environment_names(known, tmp_path):
    assert find_model("people", known) == tmp_path / "weights" / "people"


def test_without_the_variable_they_lie_in_the_package(monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    assert weights_folder().parts[-3:] == ("mirror_core", "weights", "models")


def test_a_folder_is_taken_as_it_is(known, tmp_path):
    assert find_model(tmp_path, known) == tmp_path
    assert find_model(str(tmp_path), known) == tmp_path


def test_an_unknown_name_lists_the_known_ones(known):
    with pytest.raises(InputError, match=r"no model 'peple': it is not a folder, nor a known name \(people\)"):
        find_model("peple", known)


def test_a_changed_file_is_refused_with_both_digests(known, tmp_path):
    path = tmp_path / "weights" / "people" / "model.safetensors"
    path.write_bytes(b"eight bytez")
    found, expected = (hashlib.sha256(data).hexdigest() for data in (b"eight bytez", b"eight bytes"))
    with pytest.raises(InputError, match=rf"SHA-256 is {found}, but should be {expected}"):
        find_model("people", known)


def test_a_missing_file_is_named_and_so_is_the_variable(known, tmp_path):
    (tmp_path / "weights" / "people" / "config.json").unlink()
    with pytest.raises(InputError, match=r"people.config\.json is not there. .* set MIRROR_WEIGHTS"):
        find_model("people", known)


def test_a_model_s_own_loader_knows_names_too():
    with pytest.raises(InputError, match="There is no model 'unicorn'"):
        MagicMirror.from_pretrained("unicorn")


def test_every_model_of_the_catalogue_is_there_undamaged_and_has_its_card(monkeypatch):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    cards = Path(__file__).parents[2] / "docs" / "models"
    for name, model in read_catalogue().items():
        assert {file for file, _ in model.digests} == {"config.json", "model.safetensors"}
        assert find_model(name).is_dir()
        card = (cards / f"{name}.md").read_text(encoding="utf-8")
        assert all(expected in card for file, expected in model.digests if file.endswith(".safetensors"))


@pytest.mark.parametrize("text", ["no json", "[]", '{"models": [{"name": "x"}]}'])
def test_a_damaged_catalogue(text):
    with pytest.raises(InputError, match="catalogue of models"):
        read_catalogue(text)


def test_a_catalogue_s_line():
    line = {"name": "a", "digests": [["config.json", "00"]], "licence": "MIT", "data": "d", "commit": "c"}
    assert read_catalogue(json.dumps({"models": [line]})) == {
        "a": KnownModel("a", (("config.json", "00"),), "MIT", "d", "c")
    }
