#!/usr/bin/env python3
"""Sets the shop up and runs it: `demo`, `test`, `smoke`, `bench`, `hunt`, `fuzz`, `storm`, `manage COMMAND`.

Standard library only.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be able to say so
    sys.exit(
        "Sociaal Gemaakt needs Python 3.11 or newer; this is %d.%d (%s).\n"  # noqa: UP031 - as above
        "Start it with a newer one, for example: python3.12 run.py demo" % (*sys.version_info[:2], sys.executable)
    )

sys.dont_write_bytecode = False  # start-up is three times faster with compiled files, so the environment is not asked

from launcher.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
