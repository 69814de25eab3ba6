"""What Grafana and Prometheus are told to look at is there: every metric, every label, every function."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from fulfilment import metrics
from fulfilment.entrypoints.measured import Standing, Up
from fulfilment.vitals.conditions import CONDITIONS
from fulfilment.vitals.measures import Present

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
HANDBOOK = ROOT / "docs" / "operations" / "seeing.md"
SHOPS = 'CALLS = Histogram(\n    "shop_neighbour_seconds",'

FUNCTIONS = {"histogram_quantile", "rate", "increase", "sum", "min", "max", "absent"}
WORDS = {"by", "or", "and", "le", "unless", "on"}
PROMETHEUS_OWN = {"up": {"job", "instance"}}

NAMES = re.compile(r"(?<![\w\"$.])[a-zA-Z_]\w*")
LABELS = re.compile(r"(\w+)\s*(?:=~|!=|!~|=)\s*\"")
GROUPS = re.compile(r"by \(([^)]*)\)")

SEEN = Present(
    queues={"money": 1}, marks={"order": 1}, exceptions={"fault": 1}, ages={"beat": 1}, money={"bank": 1}, books_age=1
)


def known() -> dict[str, set[str]]:
    """Every name that Prometheus will know, with its labels."""
    registry = CollectorRegistry()
    for collector in (Standing(SEEN), Up(True)):
        registry.register(collector)
    found = {s.name: set(s.labels) for family in registry.collect() for s in family.samples}
    for metric in (metrics.CALLS, metrics.PAID_TO_TASK, metrics.REPAIRS, metrics.WEBHOOKS, metrics.MAILS):
        labels = set(metric._labelnames)
        for suffix in ("_bucket", "_count", "_sum") if metric._type == "histogram" else ("_total",):
            found[metric._name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    assert SHOPS in (ROOT / "shop" / "calls.py").read_text()  # another program, which is not loaded here
    for suffix in ("_bucket", "_count", "_sum"):
        found["shop_neighbour_seconds" + suffix] = found["fulfilment_neighbour_seconds" + suffix]
    return found | PROMETHEUS_OWN


def wrong(expression: str, names: dict[str, set[str]]) -> list[str]:
    """What an expression names and nobody has."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", expression)
    grouped = [label.strip() for group in GROUPS.findall(bare) for label in group.split(",")]
    bare = GROUPS.sub(" ", bare)
    used = [name for name in NAMES.findall(bare) if name not in FUNCTIONS | WORDS]
    labels = set[str]().union(*(names.get(name, set()) for name in used))
    asked = [*LABELS.findall(expression), *grouped]
    return [name for name in used if name not in names] + [label for label in asked if label not in labels]


def dashboard() -> list[tuple[str, str, str]]:
    """The panels: title, expression, legend."""
    panels: list[dict[str, Any]] = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())["panels"]
    return [(panel["title"], target["expr"], target["legendFormat"]) for panel in panels for target in panel["targets"]]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize(("title", "expression", "legend"), dashboard())
def test_what_a_panel_shows_is_there(title: str, expression: str, legend: str) -> None:
    names = known()
    assert wrong(expression, names) == [], title
    labels = set[str]().union(*(found for name, found in names.items() if name in expression))
    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= labels


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_what_an_alert_looks_at_is_there_and_the_handbook_says_what_to_do(rule: dict[str, Any]) -> None:
    assert wrong(rule["expr"], known()) == []
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"]
    assert f"| `{rule['alert']}` |" in HANDBOOK.read_text()


def test_every_metric_is_shown_or_watched() -> None:
    everything = " ".join([*(expr for _title, expr, _legend in dashboard()), *(rule["expr"] for rule in alerts())])
    families = {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in known()} - {"fulfilment_valkey_up"}
    assert {name for name in families if name not in everything} == set()


def test_the_handbook_knows_every_condition_and_every_metric() -> None:
    told = HANDBOOK.read_text()
    assert {one.name for one in CONDITIONS if f"| `{one.name}` |" not in told} == set()
    families = {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in known()} - set(PROMETHEUS_OWN)
    assert {name for name in families if f"`{name}" not in told} == set()


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("fulfilment_oldest_mark_second", ["fulfilment_oldest_mark_second"]),
        ("rates(fulfilment_mails_total[5m])", ["rates"]),
        ('fulfilment_mails_total{outcom="sent"}', ["outcom"]),
        ("sum by (hooks) (fulfilment_webhooks_total)", ["hooks"]),
        ("sum by (hook) (rate(fulfilment_webhooks_total[5m])) > 1", []),
    ],
)
def test_a_slip_of_the_pen_is_found(expression: str, found: list[str]) -> None:
    assert wrong(expression, known()) == found
