"""A program of its own, run by a Python that has SaxonC: which rules of EN 16931 and Peppol do documents break?

`python schematron.py FOLDER FILE…`: FOLDER has both compiled rule sets. Prints, as JSON, by file what was broken.
"""

import json
import sys
from pathlib import Path

RULES = ("EN16931-UBL-validation.xslt", "PEPPOL-EN16931-UBL.xslt")
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def main() -> None:
    from xml.etree import ElementTree

    from saxonche import PySaxonProcessor  # type: ignore[import-not-found]

    folder, *files = sys.argv[1:]
    found: dict[str, list[str]] = {name: [] for name in files}
    with PySaxonProcessor(license=False) as saxon:
        compiler = saxon.new_xslt30_processor()
        for name in RULES:
            rules = compiler.compile_stylesheet(stylesheet_file=str(Path(folder) / name))
            for file in files:
                report = ElementTree.fromstring(rules.transform_to_string(source_file=file))
                assert list(report.iter(f"{SVRL}fired-rule")), f"{name} looked at nothing of {file}"
                for broken in report.iter(f"{SVRL}failed-assert"):
                    said = " ".join("".join(broken.itertext()).split())
                    found[file].append(f"{broken.get('id')} [{broken.get('flag')}] {said}")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
