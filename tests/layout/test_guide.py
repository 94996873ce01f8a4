"""The guide for people: every word that it puts in 「」 stands on some screen."""

import ast
import re

from tests.layout.ground import ROOT

PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
_MESSAGE = re.compile(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\n)+)', re.M)
_BLANK = re.compile(r"%\(\w+\)[sd]|\{\}")


def on_screen() -> set[str]:
    """What screens say in Chinese, and of a sentence with blanks the pieces between them."""
    said = ["".join(map(ast.literal_eval, found.splitlines())) for found in _MESSAGE.findall(CATALOGUE.read_text())]
    return {piece.strip(" ：，。") for each in said for piece in (each, *_BLANK.split(each))}


def test_there_is_a_page_for_each_room() -> None:
    rooms = ["appraisal", "command", "coverage", "drills", "duty", "facts", "field", "findings", "grids", "ledger"]
    rooms += ["notices", "public", "rounds", "supplies", "warnings"]
    assert [page.stem for page in PAGES] == rooms


def test_every_button_and_heading_that_the_guide_names_is_on_a_screen() -> None:
    said = on_screen()
    named = {(page.name, word) for page in PAGES for word in re.findall(r"「([^」]+)」", page.read_text())}
    assert {(page, word) for page, word in named if word not in said} == set()
