"""The commands of run.py."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher import gate
from launcher.errors import DISK_FULL, LauncherError, Stopped, is_disk_full

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code."""
    try:
        return _dispatch(arguments)
    except LauncherError as error:
        return _fail(error.told())
    except Stopped as stopped:
        return 128 + stopped.signum
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
    options = _parser().parse_args(arguments)
    raise AssertionError(options)


def _fail(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("test", help="the whole quality gate; arguments after it narrow pytest")
    return parser
