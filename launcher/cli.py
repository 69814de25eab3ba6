"""The commands of run.py."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher import commands, gate, storm
from launcher.errors import DISK_FULL, LauncherError, Stopped, is_disk_full
from launcher.state import DEFAULT_FOLDER

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / DEFAULT_FOLDER

_ABOUT = """\
python3 run.py demo               the whole shop on this machine, until Ctrl-C
python3 run.py test [ARGUMENTS]   the whole quality gate; with arguments, only the tests that they mean (pytest's)
python3 run.py smoke              a fresh demo, and one order of three workshops through it
python3 run.py storm --orders N   a fresh demo, and N orders through it while calls fail and programs are killed
python3 run.py bench NAME         a measurement of benchmarks/
python3 run.py hunt               anybody does anything at any time, until something contradicts what must be true
python3 run.py fuzz               everybody knocks at every door with anything, until something breaks
python3 run.py manage COMMAND …   a management command of fulfilment in the demo: settle, books, connect_saleor, …

DATABASE_URL, REDIS_URL, SALEOR_API_URL (SALEOR_EMAIL, SALEOR_PASSWORD), STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET in
the environment replace the embedded parts; docs/architecture/wire.md describes them."""


_MANAGE = """python3 run.py manage [--state FOLDER] COMMAND [ARGUMENTS]

COMMAND is one of: settle, books, pending, collect_money, setup_saleor, connect_saleor (README.md says what each does),
or another of fulfilment's and Django's; COMMAND --help tells its arguments."""
_HIGHEST_BASE = 65_532


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code."""
    try:
        return _dispatch(arguments)
    except LauncherError as error:
        return _fail(error.told())
    except Stopped as stopped:
        return 128 + stopped.signum
    except KeyboardInterrupt:  # before anything was there to stop
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; nothing more to say
        return 1
    except OSError as error:
        if is_disk_full(error):
            return _fail(DISK_FULL)
        raise


def _dispatch(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["test"]:
        return gate.run(ROOT, arguments[1:])  # all that follows is pytest's
    if arguments[:1] == ["hunt"]:
        return commands.run_hunt(ROOT, arguments[1:])  # and here the hunt's
    if arguments[:1] == ["fuzz"]:
        return commands.run_fuzz(ROOT, arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command == "manage":
        return commands.run_manage(ROOT, options.state, [options.management_command, *options.arguments])
    if options.command == "bench":
        return commands.run_bench(ROOT, options.name, options.arguments)
    if options.command == "smoke":
        return commands.run_smoke(ROOT)
    if options.command == "storm":
        return storm.run_storm(ROOT, options.orders, options.seed)
    return commands.run_demo(
        ROOT, options.state, fresh=options.fresh, base=options.port_base, browser=options.open_browser
    )


def _fail(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", usage=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", prog="run.py")
    one = found.add_parser("demo", usage="python3 run.py demo [--fresh] [--port-base N] [--open] [--state FOLDER]")
    one.add_argument("--fresh", action="store_true", help="forget everything and start anew")
    one.add_argument(
        "--port-base",
        type=port,
        metavar="N",
        help="the first of four ports (8080, or those of the last time); 0: free",
    )
    one.add_argument("--open", action="store_true", dest="open_browser", help="show the shop in the browser")
    _add_state(one)
    found.add_parser("smoke", usage="python3 run.py smoke")
    stormy = found.add_parser("storm", usage="python3 run.py storm --orders N [--seed N]")
    stormy.add_argument("--orders", type=number, required=True, metavar="N")
    stormy.add_argument("--seed", type=int, default=1, metavar="N", help="the same orders, and the same calls fail")
    found.add_parser("test", usage="python3 run.py test [ARGUMENTS OF PYTEST]")
    bench = found.add_parser("bench", usage="python3 run.py bench NAME [ARGUMENTS]")
    bench.add_argument("name")
    bench.add_argument("arguments", nargs=argparse.REMAINDER)
    found.add_parser("hunt", usage="python3 run.py hunt [--minutes N] [--seed N]")
    found.add_parser("fuzz", usage="python3 run.py fuzz [--shop] [--minutes N] [--seed N]")
    manage = found.add_parser("manage", usage=_MANAGE)
    _add_state(manage)
    manage.add_argument("management_command", metavar="COMMAND")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def port(text: str) -> int:
    base = int(text)
    if not 0 <= base <= _HIGHEST_BASE:
        raise argparse.ArgumentTypeError(f"{base} is not the first of four ports: 1 to {_HIGHEST_BASE}, or 0")
    return base


def number(text: str) -> int:
    found = int(text)
    if found < 1:
        raise argparse.ArgumentTypeError(f"{found} is no number of orders")
    return found


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, default=STATE, metavar="FOLDER", help="where all of it is kept (.run)")
