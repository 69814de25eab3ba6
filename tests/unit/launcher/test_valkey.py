from pathlib import Path

import pytest
import redis

from launcher import valkey
from launcher.errors import LauncherError
from launcher.supervisor import Supervisor


def test_baskets_survive_a_restart(supervisor: Supervisor, valkey_wheel: Path, tmp_path: Path) -> None:
    for found in (None, b"basket"):
        made = valkey.prepare(wheel=valkey_wheel, place=tmp_path / "data", password="a-password")
        supervisor.start([made.step])
        with redis.Redis.from_url(f"{made.url}/1") as client:
            assert client.get("session") == found
            client.set("session", "basket")
        supervisor.stop()


def test_nobody_gets_in_without_the_password(supervisor: Supervisor, valkey_wheel: Path, tmp_path: Path) -> None:
    made = valkey.prepare(wheel=valkey_wheel, place=tmp_path / "data", password="a-password", durable=False)
    supervisor.start([made.step])
    with (
        redis.Redis.from_url(made.url.replace(":a-password@", "")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_a_wheel_without_the_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="holds no Valkey for this system: give a REDIS_URL"):
        valkey.prepare(wheel=tmp_path, place=tmp_path / "data", password="a-password")
