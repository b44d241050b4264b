"""Classes by CUB's folders and by ConvMesh's list of cars."""

from pathlib import Path

import pytest
from helpers.cmr_folders import write_cub

from mirror_core.errors import InputError
from training.datasets import PhotoSettings, open_source
from training.datasets.labels import folder_labels, listed_labels

LIST = "file,colour,second,shape,more\nn1_5.JPEG,red,,wagon,0\nn2_7.JPEG,blue,red,cab,0\nn3_9.JPEG,red,,wagon,0\n"


def test_folders_are_numbered_from_one():
    names = ["001.Black_footed_Albatross/a.jpg", "200.Common_Yellowthroat/b.jpg", "017.Cardinal/c"]
    assert folder_labels(names).tolist() == [0, 199, 16]
    for name in ("birds/a.jpg", "000.None/a.jpg", "a.jpg"):
        with pytest.raises(InputError, match="tells no class"):
            folder_labels([name])


def test_photos_of_the_layout_cub_know_their_folders(tmp_path: Path):
    write_cub(tmp_path / "CUB", each=2)
    names = ["001.Front/0_0", "001.Front/0_1", "002.Side/1_0", "002.Side/1_1"]
    for file, line in (("images", "{}.jpg"), ("train_test_split", "1"), ("bounding_boxes", "20 10 60 60")):
        rows = [f"{number + 1} {line.format(name)}\n" for number, name in enumerate(names)]
        (tmp_path / "CUB" / f"{file}.txt").write_text("".join(rows))
    settings = PhotoSettings(area=(0.0, 1.0), val_share=0.0, cache=tmp_path / "cache")
    photos = open_source(tmp_path / "CUB", "cub", "train", settings)
    assert photos.places == names
    assert folder_labels(photos.places).tolist() == [0, 0, 1, 1]


def test_a_shapes_label_is_its_place_by_alphabet(tmp_path: Path):
    path = tmp_path / "p3d_labels.csv"
    path.write_text(LIST)
    assert listed_labels(path, ["car_imagenet/n3_9.JPEG", "n2_7", "n1_5.JPEG"]).tolist() == [1, 0, 1]


def test_lists_that_do_not_say_it_are_refused(tmp_path: Path):
    path = tmp_path / "p3d_labels.csv"
    path.write_text(LIST)
    with pytest.raises(InputError, match=r"1 of 2 photos, e\.g\. n4_1"):
        listed_labels(path, ["n1_5", "n4_1"])
    path.write_text("header\nn1_5.JPEG,red\n")
    with pytest.raises(InputError, match="n1_5"):
        listed_labels(path, ["n1_5"])
    with pytest.raises(InputError, match=r"none\.csv"):
        listed_labels(tmp_path / "none.csv", ["n1_5"])
