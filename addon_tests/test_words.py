"""Sentences and names in the panel: nothing is cut off."""

import dataclasses
from pathlib import Path

import pytest
from mirror_addon import words
from mirror_addon.result_folder import read_result

TEXTS = (
    "There is no model '/nowhere/model': it is not a folder, nor a known name (convmesh-garments, people).",
    "The interpreter named in the preferences is not a file: /somewhere/with/a/very/long/folder/name/bin/python3.11",
    "Compiling the renderer for this machine; this happens once and takes up to 20 seconds.",
    "MASK MUST BE WHITE WHERE WWW AND MMM ARE.",
)


def test_what_the_panel_says_fits(blender):
    blender.run("words.sentences", "words.names", texts=TEXTS[:3])


@pytest.mark.parametrize("text", TEXTS)
def test_a_popup_has_the_same_words_in_short_lines(text):
    shown = words.for_popup(f"{text} {text}")
    assert shown.split() == f"{text} {text}".split()
    assert max(map(len, shown.splitlines())) <= words.POPUP


def test_a_result_is_called_after_its_photo_or_its_seed(made):
    result = read_result(Path(made["result"]))
    assert result.name == Path(made["result_photo"]).stem
    invented = {"seed": 7, "settings": {"method": "sample"}}
    assert dataclasses.replace(result, kind="person", provenance=invented).name == "Person 7"
