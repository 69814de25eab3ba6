"""The file that describes the shop is read whole, or refused with a sentence that names the entry."""

from pathlib import Path

import pytest

from catalogue.file import CatalogueError, editor_text_of, read_catalogue

ROOT = Path(__file__).parents[3]
DEMO = (ROOT / "demo" / "catalogue.toml").read_text(encoding="utf-8")


def changed(folder: Path, old: str, new: str) -> Path:
    """The demo's file with one place changed."""
    assert old in DEMO
    path = folder / "catalogue.toml"
    path.write_text(DEMO.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('slug = "consumer"', "", r"\[\[channel\]\]: slug is missing"),
        ("prices_with_tax = true", "prices_with_tax = false", r"\[\[channel\]\] consumer: prices_with_tax"),
        ('price = "9.50"', 'price = "cheap"', r"\[\[method\]\] home: 'cheap' is not a price"),
        ('price = "9.50"', 'price = "9.505"', "'9.505' is not a price in whole cents"),
        ('producer = "labeur"', 'producer = "nobody"', r"\[\[product\]\] SG-001: no warehouse 'nobody'"),
        ('designers = ["aber"]', 'designers = ["nobody"]', r"\[\[product\]\] SG-005: no page 'nobody'"),
        ('sku = "SG-006"', 'sku = "SG-001"', r"\[\[product\]\] SG-006: SG-001 is there twice"),
        ('category = "cadeau"', 'category = "none"', r"\[\[product\]\] SG-006: no category 'none'"),
        ("[shop]", "[shop", "catalogue.toml"),
        ("[shop]", "[shops]", r"there is no \[shop\]"),
        ("staff = {", "staff = { mail = 1 }\n#", r"\[shop\] staff: email is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_the_entry_that_is_wrong(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(changed(tmp_path, old, new))


def test_a_translation_of_what_has_none_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "[category.en]\n", '[category.en]\ncolour = "x"\n')
    with pytest.raises(CatalogueError, match=r"\[\[category\]\] wonen: en.colour is not a text"):
        read_catalogue(path)


def test_an_absent_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No such file"):
        read_catalogue(tmp_path / "none.toml")


def test_paragraphs_become_rich_text_that_holds_no_markup_of_ours() -> None:
    assert editor_text_of("") is None
    told = editor_text_of("een <b>\nregel\n\ntwee & drie")
    assert told is not None
    assert '"text": "een &lt;b&gt; regel"' in told
    assert '"text": "twee &amp; drie"' in told


def test_a_no_break_space_stays_in_a_paragraph() -> None:
    told = editor_text_of("une lampe\u00a0: la\nvôtre")
    assert told is not None
    assert '"text": "une lampe\u00a0: la vôtre"' in told
