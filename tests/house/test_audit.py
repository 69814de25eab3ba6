"""No package of uv.lock has a hole that the world knows of; asked of OSV (osv.dev), where it can be reached."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ACCEPTED: dict[str, str] = {}
"""Advisories that we live with, by their name, and why: what they are about does not happen here."""


def uv() -> str:
    """The uv that installed the packages."""
    own = ROOT / ".tools" / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv") or ""


def test_no_package_has_a_known_hole() -> None:
    if not uv():
        pytest.skip("there is no uv here to ask")
    accepted = [word for name in ACCEPTED for word in ("--ignore", name)]
    asked = subprocess.run(
        [uv(), "audit", "--frozen", "--no-progress", "--preview-features", "audit-command", *accepted],
        cwd=ROOT,
        env={**os.environ, "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "20"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if "error sending request" in asked.stderr:
        pytest.skip(f"the database of advisories is out of reach: {asked.stderr.strip().splitlines()[-1].strip()}")
    if "unrecognized subcommand" in asked.stderr:
        pytest.skip("this uv knows no audit")
    assert asked.returncode == 0, f"{asked.stdout}\n{asked.stderr}"
