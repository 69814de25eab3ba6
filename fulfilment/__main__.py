"""Django's management commands for fulfilment: `python -m fulfilment <command>`."""

import os
import sys
from difflib import get_close_matches

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand


class Commands(ManagementUtility):
    """Django's, which says of a command that does not exist how to go on here: the way it was started is not one."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand in get_commands():
            return super().fetch_command(subcommand)
        near = get_close_matches(subcommand, get_commands(), n=1)
        perhaps = f" Did you mean {near[0]}?" if near else ""
        sys.stderr.write(f"There is no command {subcommand}.{perhaps} Say help instead of it, and all are listed.\n")
        sys.exit(2)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
    Commands(sys.argv).execute()


if __name__ == "__main__":
    main()
