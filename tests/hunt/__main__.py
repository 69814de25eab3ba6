"""`python3 run.py hunt [--minutes N] [--seed N]`: stories without end, each with its seed; exits 1 on a find.

A find is made as short as it can be, and told with the seed that finds it again.
"""

import argparse
import math
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

from tests.hunt.machine import Shop  # noqa: E402
from tests.killing.world import opened  # noqa: E402
from tests.support import tables  # noqa: E402

HIGHEST_SEED = 2**32


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    call_command("migrate", verbosity=0)
    tables.restore({})
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as world:
        world.furnish()
        Shop.world, Shop.beginning = world, world.kept()
        while True:
            number = options.seed if options.seed is not None else random.SystemRandom().randrange(HIGHEST_SEED)
            found = _stories(number, options)
            minutes = (time.monotonic() - begun) / 60
            print(f"seed {number:<10}  {Shop.told} stories, {Shop.steps} steps, {minutes:.1f} min", flush=True)
            if found:
                print(f"\n{found}\n\nAgain: python3 run.py hunt --seed {number}{_as_given(options)}", flush=True)
                return 1
            if options.seed is not None or minutes >= options.minutes:
                print("Nothing was found.")
                return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py hunt", description=__doc__, allow_abbrev=False)
    parser.add_argument("--minutes", type=minutes, default=10, help="how long, where no seed is given (10)")
    parser.add_argument("--seed", type=int, help="the stories of one seed again")
    parser.add_argument("--stories", type=number, default=12, help="how many to a seed (12)")
    parser.add_argument("--steps", type=number, default=40, help="how many to a story (40)")
    parser.add_argument("--as-found", action="store_true", help="tell a find as it was found, and do not shorten it")
    return parser.parse_args(arguments)


def minutes(text: str) -> float:
    found = float(text)
    if not 0 < found < math.inf:
        raise argparse.ArgumentTypeError(f"{text} minutes are none to hunt in")
    return found


def number(text: str) -> int:
    found = int(text)
    if found < 1:
        raise argparse.ArgumentTypeError(f"{found} is less than one")
    return found


def _as_given(options: argparse.Namespace) -> str:
    """What else must be said for the same stories."""
    return "".join(f" --{name} {getattr(options, name)}" for name in ("stories", "steps"))


def _stories(number: int, options: argparse.Namespace) -> str:
    """The stories of a seed; what was found, "" for nothing."""
    phases = (Phase.generate,) if options.as_found else (Phase.generate, Phase.shrink)
    given = settings(
        max_examples=options.stories,
        stateful_step_count=options.steps,
        phases=phases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(Shop), settings=given)
    except Exception as error:
        told = "".join(traceback.format_exception(error)).splitlines()
        return "\n".join(line for line in told if f"{Shop.what_must_be_true.__name__}()" not in line)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
