"""What a WSGI server serves: `sandbox.saleor.wsgi:app`. One process, several threads; the state is for one process."""

import os
from pathlib import Path

from catalogue.file import CatalogueError
from sandbox.common.settings import MissingSetting, SandboxSettings, required
from sandbox.saleor.program import Sandbox, open_sandbox


def _open() -> Sandbox:
    try:
        return open_sandbox(
            SandboxSettings.from_environ(os.environ),
            Path(required(os.environ, "SANDBOX_CATALOGUE")),
            auto_complete_seconds=float(os.environ.get("SANDBOX_AUTO_COMPLETE_SECONDS", "60")),
        )
    except CatalogueError as error:
        raise MissingSetting(f"the catalogue cannot be used: {error}") from error


sandbox = _open()
sandbox.start()
app = sandbox.app
