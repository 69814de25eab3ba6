"""Django's management commands for fulfilment: `python -m fulfilment <command>`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
