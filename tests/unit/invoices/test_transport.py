"""A folder is an access point: what is handed over lies there once, and what became of it is read there."""

from pathlib import Path

import pytest

from fulfilment.errors import GatewayError
from fulfilment.invoices.transport import Answer, Folder


def test_what_is_handed_over_lies_in_the_outbox_whole(tmp_path: Path) -> None:
    way = Folder(tmp_path / "peppol")
    way.hand_over("2026-00001", b"<Invoice/>")
    way.hand_over("2026-00001", b"<Invoice/>")
    assert [(found.name, found.read_bytes()) for found in (tmp_path / "peppol" / "outbox").iterdir()] == [
        ("2026-00001.xml", b"<Invoice/>")
    ]
    assert way.became_of("2026-00001") == Answer()


def moved(at: Path, state: str, why: str = "") -> None:
    (at / "outbox" / "2026-00001.xml").replace(at / state / "2026-00001.xml")
    if why:
        (at / state / "2026-00001.txt").write_text(f"{why}\n")


def test_what_arrived_is_not_sent_again(tmp_path: Path) -> None:
    way = Folder(tmp_path)
    way.hand_over("2026-00001", b"<Invoice/>")
    moved(tmp_path, "delivered")
    assert way.became_of("2026-00001") == Answer(delivered=True)
    way.hand_over("2026-00001", b"<Invoice/>")
    assert not list((tmp_path / "outbox").iterdir())


def test_what_was_refused_says_why_until_it_is_sent_again(tmp_path: Path) -> None:
    way = Folder(tmp_path)
    way.hand_over("2026-00001", b"<Invoice/>")
    moved(tmp_path, "refused", "Deze ontvanger staat niet in Peppol.")
    assert way.became_of("2026-00001") == Answer(refused=True, why="Deze ontvanger staat niet in Peppol.")
    way.hand_over("2026-00001", b"<Invoice/>")
    assert way.became_of("2026-00001") == Answer()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GatewayError) as caught:
        Folder(tmp_path / "file").hand_over("2026-00001", b"<Invoice/>")
    assert caught.value.retry
