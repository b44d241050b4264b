"""Clothes, hair and skins in MakeHuman's formats, from a folder that the user names."""

from training.synthetic.makehuman.item import Item
from training.synthetic.makehuman.wardrobe import Skin, Wardrobe, open_wardrobe

__all__ = ["Item", "Skin", "Wardrobe", "open_wardrobe"]
