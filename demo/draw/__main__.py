"""Draws everything anew: `python -m demo.draw`, or only what is named: `python -m demo.draw koord-object zit-use`."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from demo.draw import (
    afternoon,
    birthday,
    evening,
    finishing,
    hallway,
    inslag,
    joinery,
    kitchen,
    koord,
    laag,
    loom,
    packing,
    quay,
    sailroom,
    strik,
    tea,
    zeil,
    zit,
)
from demo.draw.marks import MARKS
from demo.draw.measures import MEASURES
from demo.draw.render import PLACE_BUDGET, PLACE_WIDTH, browser, rasterise, save
from demo.draw.sheet import Sheet

PICTURES: dict[str, Callable[[], Sheet]] = {
    "koord-object": koord.draw_object,
    "koord-material": koord.draw_material,
    "koord-use": evening.draw_use,
    "inslag-object": inslag.draw_object,
    "inslag-klei": lambda: inslag.draw_one(inslag.CLAY, 0, 26),
    "inslag-mos": lambda: inslag.draw_one(inslag.MOSS, 9, 27),
    "inslag-krijt": lambda: inslag.draw_one(inslag.CHALK, 3, 28),
    "inslag-material": inslag.draw_material,
    "inslag-use": afternoon.draw_use,
    "zit-object": zit.draw_object,
    "zit-laag": lambda: zit.draw_height(45),
    "zit-hoog": lambda: zit.draw_height(65),
    "zit-material": zit.draw_material,
    "zit-use": kitchen.draw_use,
    "laag-object": laag.draw_object,
    "laag-material": laag.draw_material,
    "laag-use": tea.draw_use,
    "zeil-object": zeil.draw_object,
    "zeil-material": zeil.draw_material,
    "zeil-use": hallway.draw_use,
    "strik-object": strik.draw_object,
    "strik-material": strik.draw_material,
    "strik-use": birthday.draw_use,
}
PLACES: dict[str, Callable[[], Sheet]] = {
    "labeur-place": quay.draw_place,
    "ateljee-place": loom.draw_place,
    "compaan-place": joinery.draw_place,
    "weerwerk-place": finishing.draw_place,
    "nevelland-place": sailroom.draw_place,
    "dienstenbedrijf-gent-place": packing.draw_place,
}
FOLDER = Path(__file__).parent.parent / "pictures"


def main(names: list[str]) -> int:
    """Draws marks and measures, and the named pictures or all of them; answers 2 when a name is unknown."""
    unknown = [name for name in names if name not in PICTURES and name not in PLACES]
    if unknown:
        logging.error("No such picture: %s. There are: %s", ", ".join(unknown), ", ".join([*PICTURES, *PLACES]))
        return 2
    FOLDER.mkdir(exist_ok=True)
    for slug, mark in MARKS.items():
        (FOLDER / f"{slug}-mark.svg").write_text(mark(), encoding="utf-8")
    for slug, drawing in MEASURES.items():
        (FOLDER / f"{slug}-measures.svg").write_text(drawing(), encoding="utf-8")
    with browser() as chromium:
        for name in names or [*PICTURES, *PLACES]:
            if name in PLACES:
                save(rasterise(chromium, PLACES[name]()), FOLDER, name, width=PLACE_WIDTH, budget=PLACE_BUDGET)
            else:
                save(rasterise(chromium, PICTURES[name]()), FOLDER, name)
            logging.info("%s", name)
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.exit(main(sys.argv[1:]))
