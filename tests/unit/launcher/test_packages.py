import os
import sys
from pathlib import Path

import pytest

from launcher import packages
from launcher.errors import LauncherError
from launcher.supervisor import Supervisor


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "uv.lock").write_text("version = 1\n")
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return tmp_path


def put_uv(project: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A uv that does as the script says, and notes how it was called."""
    folder = project / "path"
    folder.mkdir(exist_ok=True)
    calls = project / "calls"
    uv = folder / "uv"
    uv.write_text(f'#!/bin/sh\necho "$@ [${{PYTHONDONTWRITEBYTECODE-}}]" >> "{calls}"\n{script}\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return calls


GOOD = f'mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"; ln -sf "{sys.executable}" "$UV_PROJECT_ENVIRONMENT/bin/python"'


def test_packages_are_installed_from_the_lock_with_bytecode(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = put_uv(project, monkeypatch, GOOD)
    found = packages.ensure(project, supervisor, development=True)
    assert found.environment == project / ".venv"
    call = calls.read_text()
    assert call.startswith("sync --frozen --compile-bytecode")
    assert call.endswith("[]\n")


def test_a_second_start_installs_nothing_until_the_lock_changes(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = put_uv(project, monkeypatch, GOOD)
    for _start in range(2):
        packages.ensure(project, supervisor, development=True)
    packages.ensure(project, supervisor, development=False)
    assert len(calls.read_text().splitlines()) == 1
    (project / "uv.lock").write_text("version = 2\n")
    packages.ensure(project, supervisor, development=True)
    assert len(calls.read_text().splitlines()) == 2


def test_a_demo_does_without_the_test_tools_and_leaves_them_alone(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = put_uv(project, monkeypatch, GOOD)
    packages.ensure(project, supervisor, development=False)
    assert "--no-group dev --inexact" in calls.read_text()
    packages.ensure(project, supervisor, development=True)
    assert "--no-group" not in calls.read_text().splitlines()[1]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: Failed to fetch: `https://registry.example/`\n  Caused by: dns error", "is there a network"),
        ("cause: error sending request\ncause: invalid peer certificate: UnknownIssuer", "is not trusted here"),
        ("error: failed to write: No space left on device (os error 28)", "The disk is full"),
        ("error: the lock file is of another planet", "could not be installed."),
    ],
)
def test_what_went_wrong_is_one_clear_sentence(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    put_uv(project, monkeypatch, f"cat <<'END'\n{said}\nEND\nexit 2")
    with pytest.raises(LauncherError) as caught:
        packages.ensure(project, supervisor, development=True)
    assert told in caught.value.sentence
    assert caught.value.log == supervisor.log_of("sync")


def test_a_certificate_that_only_the_system_knows_is_tried_too(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    distrusts = '[ -n "$UV_SYSTEM_CERTS" ] || { echo "invalid peer certificate: UnknownIssuer"; exit 2; }'
    calls = put_uv(project, monkeypatch, f"{distrusts}\n{GOOD}")
    packages.ensure(project, supervisor, development=True)
    assert len(calls.read_text().splitlines()) == 2


def test_without_uv_it_is_installed_into_the_project(
    project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    python = project / "python"
    python.write_text(
        '#!/bin/sh\n[ "$3" = install ] || exit 0\n'
        'for last; do former=$folder; folder=$last; done\n/bin/mkdir -p "$former/bin"\n'
        f"/bin/cat > \"$former/bin/uv\" <<'END'\n#!/bin/sh\nPATH=/bin:/usr/bin\n{GOOD}\nEND\n"
        '/bin/chmod 755 "$former/bin/uv"\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    packages.ensure(project, supervisor, development=True)
    assert (project / ".tools" / "bin" / "uv").exists()


def test_without_uv_and_pip_it_is_told(project: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LauncherError, match="has no pip, and there is no uv on the PATH"):
        packages.ensure(project, supervisor, development=True)
