"""`python3 run.py fuzz [--minutes N] [--seed N]`: everybody knocks at every door with anything; exits 1 on a find.

Every request is undone, so that the next one finds the house as it was; a find is told with the seed that repeats it.
"""

import argparse
import logging
import os
import random
import sys
import time
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.fuzz.knocking import Fuzzer, Knock  # noqa: E402
from tests.support import tables  # noqa: E402
from tests.support.furnished import furnish  # noqa: E402
from tests.support.money import StripeInMemory  # noqa: E402

SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    logging.disable(logging.CRITICAL)  # every refusal is a line of the log
    settings.SECOND_FACTOR_REQUIRED = False
    setup_test_environment()
    call_command("migrate", verbosity=0)
    tables.restore({})
    number = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    end, knocks, found = time.monotonic() + options.minutes * 60, 0, dict[str, Knock]()
    print(f"seed {number}", flush=True)
    with StripeInMemory().connected():
        for knock in Fuzzer(furnish(), number).knocks():
            knocks += 1
            if knock is not None and knock.fault not in found:
                found[knock.fault] = knock
                print(f"  {knock}", flush=True)
            if time.monotonic() > end or len(found) >= SHOWN:
                break
    print(f"{knocks} knocks, {len(found)} that broke something" + (f". Again: --seed {number}" if found else "."))
    return 1 if found else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--seed", type=int, help="the same knocks again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
