"""`python3 run.py fuzz [--shop] [--minutes N] [--seed N]`: everybody knocks at every door with anything; 1 on a find.

Every request is undone, so that the next one finds the house as it was; a find is told with the seed that repeats it.
"""

import argparse
import logging
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import django

OF_SHOP = "--shop" in sys.argv
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings" if OF_SHOP else "fulfilment.config.settings"
django.setup()

from django.test.utils import setup_test_environment  # noqa: E402

from tests.fuzz.knocking import Fuzzer, Knock, Site  # noqa: E402

SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    logging.disable(logging.CRITICAL)  # every refusal is a line of the log
    setup_test_environment()
    number = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    end, knocks, found = time.monotonic() + options.minutes * 60, 0, dict[str, Knock]()
    print(f"seed {number}", flush=True)
    with _shop() if options.shop else _fulfilment() as site:
        for knock in Fuzzer(site, number).knocks():
            knocks += 1
            if knock is not None and knock.fault not in found:
                found[knock.fault] = knock
                print(f"  {knock}", flush=True)
            if time.monotonic() > end or len(found) >= SHOWN:
                break
    print(f"{knocks} knocks, {len(found)} that broke something" + (f". Again: --seed {number}" if found else "."))
    return 1 if found else 0


@contextmanager
def _fulfilment() -> Iterator[Site]:
    from django.conf import settings
    from django.core.management import call_command

    from tests.fuzz.fulfilment import fulfilment
    from tests.support import tables
    from tests.support.money import StripeInMemory

    settings.SECOND_FACTOR_REQUIRED = False
    call_command("migrate", verbosity=0)
    tables.restore({})
    with StripeInMemory().connected():
        yield fulfilment()


@contextmanager
def _shop() -> Iterator[Site]:
    from tests.fuzz.shop import shop
    from tests.shop.played import by_itself, fulfilment_played, saleor_played

    with by_itself(), saleor_played() as saleor, fulfilment_played() as fulfilment:
        yield shop(saleor, fulfilment)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument("--shop", action="store_true", help="at the shop's doors, not at fulfilment's")
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--seed", type=int, help="the same knocks again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
