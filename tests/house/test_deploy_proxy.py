"""The proxy of production, run by a Caddy of this machine before programs that only tell what reached them."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2 as httpx
import pytest
import yaml

from launcher.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
CADDYFILE = ROOT / "deploy" / "proxy" / "Caddyfile"
CADDY = shutil.which("caddy")
SHOP, FULFILMENT, SALEOR = "shop.test", "fulfilment.test", "saleor.test"
OFFICE = httpx.BasicAuth("kantoor", "geheim")
OFFICE_HASH = "$2a$14$pr/oYHAR3dvwyGI3CA2MVuBuJKcSP4Ixp5E9Be45EnCgx2.8CtOF6"
SILENT = "/silent", "/in-saleor"
"""Where a program says nothing of who may frame it."""
ELSEWHERE = "127.0.0.2"
"""Another address of this machine, which is not the office's."""

pytestmark = pytest.mark.skipif(CADDY is None, reason="caddy is not installed")


class Program(BaseHTTPRequestHandler):
    """Answers with what reached it, and says a word about itself as some servers do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if not self.path.startswith(SILENT):
            self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@dataclass(frozen=True)
class Proxy:
    """A Caddy that runs."""

    outside: int
    inside: int
    plain: int

    def ask(
        self,
        host: str,
        path: str,
        *,
        method: str = "GET",
        inside: bool = False,
        caller: str = "127.0.0.1",
        auth: httpx.BasicAuth | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        port = self.inside if inside else self.outside
        transport = httpx.HTTPTransport(verify=False, local_address=caller)
        with httpx.Client(transport=transport, trust_env=False) as http:
            return http.request(
                method,
                f"https://127.0.0.1:{port}{path}",
                headers={"Host": host, **(headers or {})},
                extensions={"sni_hostname": host},
                content=content,
                auth=auth,
            )


def environment(place: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "XDG_DATA_HOME": str(place / "data"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "SHOP_HOST": SHOP,
        "FULFILMENT_HOST": FULFILMENT,
        "SALEOR_HOST": SALEOR,
        "ACME_EMAIL": "beheer@sociaalgemaakt.example",
        "OFFICE_ADDRESSES": "127.0.0.1/32 2001:db8::/64",
        "OFFICE_USER": "kantoor",
        "OFFICE_PASSWORD_HASH": OFFICE_HASH,
        **more,
    }


@pytest.fixture(scope="module")
def program() -> Iterator[str]:
    """One that stands for all of them; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Program)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def proxy(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    place = tmp_path_factory.mktemp("proxy")
    for name in ("products/lamp.svg", "payloads/secret", "export_files/orders.csv"):
        file = place / "media" / name
        file.parent.mkdir(parents=True)
        file.write_text("<svg/>")
    outside, inside, plain, health = (free_port() for _ in range(4))
    upstreams = {f"{name}_UPSTREAM": program for name in ("SHOP", "FULFILMENT", "SALEOR", "DASHBOARD")}
    ports = {"HTTPS_PORT": outside, "INSIDE_PORT": inside, "HTTP_PORT": plain, "HEALTH_PORT": health}
    values = {"CERTIFICATES": "internal", "MEDIA_PARENT": str(place), **upstreams}
    values |= {name: str(port) for name, port in ports.items()}
    assert CADDY
    with (place / "log").open("w") as log:
        caddy = subprocess.Popen(
            [CADDY, "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
            env=environment(place, **values),
            stdout=log,
            stderr=log,
        )
        try:
            found = Proxy(outside, inside, plain)
            _wait(found, caddy, health, place / "log")
            yield found
        finally:
            caddy.terminate()
            caddy.wait(timeout=20)


def _wait(proxy: Proxy, caddy: subprocess.Popen[bytes], health: int, log: Path) -> None:
    """Until it runs and has made its certificates."""
    until = time.monotonic() + 20
    while time.monotonic() < until and caddy.poll() is None:
        try:
            assert httpx.get(f"http://127.0.0.1:{health}/", trust_env=False).status_code == 200
            for host in (SHOP, FULFILMENT, SALEOR):
                proxy.ask(host, "/")
                proxy.ask(host, "/", inside=True)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text()[-3000:])


def test_it_is_valid_as_production_uses_it(tmp_path: Path) -> None:
    assert CADDY
    command = [CADDY, "validate", "--config", str(CADDYFILE), "--adapter", "caddyfile"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_it_leads_where_the_services_listen() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    upstreams = set(re.findall(r"\{\$\w+_UPSTREAM:(\w+):(\d+)\}", CADDYFILE.read_text()))
    assert {name for name, _port in upstreams} == {"shop", "fulfilment", "saleor", "dashboard"}
    for name, port in upstreams:
        assert port in compose[name].get("command", "") + " ".join(compose[name]["healthcheck"]["test"])
        assert "inside" in compose[name]["networks"]
    ports = dict(re.findall(r"\{\$(\w+_PORT):(\d+)\}", CADDYFILE.read_text()))
    published = {port.partition("/")[0] for port in compose["proxy"]["ports"]}
    assert published == {f"80:{ports['HTTP_PORT']}", f"443:{ports['HTTPS_PORT']}"}
    assert ports["INSIDE_PORT"] == "443"  # where https is expected, and published nowhere
    assert f":{ports['HEALTH_PORT']}/" in compose["proxy"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (SHOP, "/nl/"),
        (FULFILMENT, "/portal/"),
        (FULFILMENT, "/backoffice/"),
        (FULFILMENT, "/hooks/stripe/"),
        (SALEOR, "/thumbnail/abc/256/webp/"),
        (SALEOR, "/media/products/lamp.svg"),
    ],
)
def test_everybody_may_see(proxy: Proxy, host: str, path: str) -> None:
    assert proxy.ask(host, path, caller=ELSEWHERE).status_code == 200


@pytest.mark.parametrize(
    "path", ["/saleor/manifest", "/saleor/register", "/saleor/payment/refund", "/api/storefront/", "/metrics"]
)
def test_what_only_our_programs_call_is_closed_outside(proxy: Proxy, path: str) -> None:
    assert proxy.ask(FULFILMENT, path, method="POST").status_code == 404
    assert proxy.ask(FULFILMENT, path, method="POST", inside=True).status_code == 200


def test_nobody_outside_tells_the_shop_that_anything_changed(proxy: Proxy) -> None:
    assert proxy.ask(SHOP, "/changed", method="POST").status_code == 404
    assert proxy.ask(SHOP, "/changed", method="POST", inside=True).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/graphql/", "/dashboard/", "/media/export_files/orders.csv", "/media/payloads/secret", "/plugins/x/"]
)
def test_the_office_is_closed(proxy: Proxy, path: str) -> None:
    assert proxy.ask(SALEOR, path).status_code == 401
    assert proxy.ask(SALEOR, path, auth=httpx.BasicAuth("kantoor", "fout")).status_code == 401
    assert proxy.ask(SALEOR, path, auth=OFFICE, caller=ELSEWHERE).status_code == 403
    assert proxy.ask(SALEOR, path, headers={"X-Forwarded-For": "127.0.0.1"}, caller=ELSEWHERE).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graphql/", 200),
        ("/dashboard/", 200),
        ("/", 302),
        ("/media/export_files/orders.csv", 200),
        ("/media/payloads/secret", 404),
        ("/plugins/x/", 404),
    ],
)
def test_the_office_opens(proxy: Proxy, path: str, status: int) -> None:
    assert proxy.ask(SALEOR, path, auth=OFFICE).status_code == status


def test_the_offices_password_stays_at_the_door(proxy: Proxy) -> None:
    reached = proxy.ask(SALEOR, "/graphql/", auth=OFFICE, headers={"Authorization-Bearer": "staff"}).json()["headers"]
    assert "authorization" not in reached
    assert reached["authorization-bearer"] == "staff"


def test_inside_saleor_is_itself(proxy: Proxy) -> None:
    for path in ("/graphql/", "/.well-known/jwks.json"):
        reached = proxy.ask(SALEOR, path, inside=True, headers={"Authorization": "Bearer app"}).json()["headers"]
        assert reached["authorization"] == "Bearer app"
        assert reached["host"] == SALEOR
        assert reached["x-forwarded-proto"] == "https"


def test_the_callers_address_is_believed_inside_alone(proxy: Proxy) -> None:
    said = {"X-Forwarded-For": "203.0.113.7"}
    assert proxy.ask(SHOP, "/", headers=said).json()["headers"]["x-forwarded-for"] == "127.0.0.1"
    told = proxy.ask(SALEOR, "/graphql/", headers=said, inside=True).json()["headers"]["x-forwarded-for"]
    assert told.split(",")[0] == "203.0.113.7"  # which is the one that Saleor takes


@pytest.mark.parametrize("host", [SHOP, FULFILMENT, SALEOR])
def test_answers_are_safe(proxy: Proxy, host: str) -> None:
    answer = proxy.ask(host, "/thumbnail/x/" if host == SALEOR else "/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"  # what the program says itself
    assert "Server" not in answer.headers
    assert "Via" not in answer.headers


def test_refusals_are_safe_too(proxy: Proxy) -> None:
    answer = proxy.ask(SALEOR, "/graphql/")
    assert "Strict-Transport-Security" in answer.headers
    assert "Server" not in answer.headers


def test_a_picture_can_do_nothing(proxy: Proxy) -> None:
    answer = proxy.ask(SALEOR, "/media/products/lamp.svg")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == "attachment"
    assert proxy.ask(SALEOR, "/media/products/").status_code == 404  # no list of them
    assert proxy.ask(SALEOR, "/media/products/..%2fpayloads/secret").status_code != 200


@pytest.mark.parametrize("host", [SHOP, FULFILMENT])
def test_what_is_too_big_does_not_pass(proxy: Proxy, host: str) -> None:
    answer = proxy.ask(host, "/hooks/stripe/", method="POST", content=b"x" * 1_200_000)
    assert answer.status_code in {413, 502}  # 502 of a Caddy before 2.7
    assert proxy.ask(host, "/hooks/stripe/", method="POST", content=b"x" * 900_000).status_code == 200


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    address = f"http://127.0.0.1:{proxy.plain}/nl/?x=1"
    answer = httpx.get(address, headers={"Host": SHOP}, trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{SHOP}/nl/?x=1")
    with pytest.raises(httpx.TransportError):
        httpx.get(address, headers={"Host": "elsewhere.test"}, trust_env=False)


def test_nobody_frames_what_says_nothing_of_it_but_what_saleors_dashboard_shows(proxy: Proxy) -> None:
    assert proxy.ask(FULFILMENT, "/silent").headers["X-Frame-Options"] == "DENY"
    for path in ("/in-saleor", "/in-saleor/order?orderId=T3JkZXI6MQ=="):
        assert "X-Frame-Options" not in proxy.ask(FULFILMENT, path).headers
