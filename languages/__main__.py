"""``python -m languages``: bring the catalogues up to date with the texts of the code, and compile them.

Says which texts have no translation yet, and is then not successful.
"""

import sys

from django.conf import settings

from languages.catalogues import all_catalogues, brought_up_to_date, compile_, untold, write
from languages.collect import LANGUAGES, PROGRAMS


def main() -> int:
    """How many texts lack a translation, at most 1."""
    settings.configure()  # Django reads its own templates by no others
    missing = []
    for program, collect in PROGRAMS.items():
        texts = collect()
        for language in LANGUAGES:
            write(program, language, brought_up_to_date(program, language, texts))
            missing += [f"{program}/{language}: {text}" for text in untold(program, language)]
    for path in all_catalogues():
        compile_(path)
    sys.stdout.writelines(f"{text}\n" for text in missing)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
