"""What the documents say is what the code has."""

import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from fulfilment.ledger.accounts import Account
from shop import settings as shop_settings
from shop.design.bundle import BUNDLE

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "docs" / "operations" / "settings.md"
READS = re.compile(r"""env\.\w+\(\s*"([A-Z][A-Z0-9_]+)"|environ(?:\.get\(|\[)\s*"([A-Z][A-Z0-9_]+)\"""")


def read_by_the_programs() -> set[str]:
    """Every environment variable that fulfilment, the shop or the sandbox reads in its settings."""
    names: set[str] = set()
    for path in (
        ROOT / "fulfilment" / "config" / "settings.py",
        ROOT / "shop" / "settings.py",
        ROOT / "sandbox" / "common" / "settings.py",
        ROOT / "sandbox" / "stripe" / "settings.py",
    ):
        for first, second in READS.findall(path.read_text()):
            names.add(first or second)
    return names


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", SETTINGS.read_text()))
    assert read_by_the_programs() - documented == set()


def test_every_documented_setting_exists() -> None:
    documented = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", SETTINGS.read_text(), re.MULTILINE))
    everything = "".join(
        path.read_text()
        for folder in ("fulfilment", "shop", "sandbox", "launcher")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert [name for name in sorted(documented) if name not in everything] == []


def test_shop_and_fulfilment_name_the_same_seller() -> None:
    """Each reads the settings for itself: the conditions and the mails must not name two sellers."""
    told = [
        re.findall(r'env\.str\("(SELLER_\w+)", (?:default=)?(.+)\),', (ROOT / program).read_text())
        for program in ("shop/settings.py", "fulfilment/config/settings.py")
    ]
    assert len(told[0]) == 4
    assert told[0] == told[1]


def test_shop_and_fulfilment_give_customers_the_same_time_to_withdraw() -> None:
    assert timedelta(days=shop_settings.WITHDRAWAL_DAYS) == settings.WITHDRAWAL_PERIOD


def test_every_flow_stands_on_the_map() -> None:
    overview = (ROOT / "docs" / "architecture" / "overview.md").read_text()
    flows = {path.stem for path in (ROOT / "fulfilment" / "flows").glob("*.py")} - {"__init__"}
    assert {flow for flow in flows if f"`{flow}`" not in overview} == set()


def test_the_steps_of_an_order_stand_in_the_package_itself() -> None:
    told = (ROOT / "fulfilment" / "__init__.py").read_text()
    steps = ["start_payment", "settle_payment", "accept_order", "route_order", "work_task", "report_shipment"]
    steps += ["release_shares", "plan_payouts", "order_payouts", "settle_payouts", "reconcile"]
    assert [told.index(step) for step in steps] == sorted(told.index(step) for step in steps)
    assert all((ROOT / "fulfilment" / "flows" / f"{step}.py").is_file() for step in steps)


def test_every_account_of_the_ledger_is_explained() -> None:
    ledger = (ROOT / "docs" / "architecture" / "ledger.md").read_text()
    assert {account for account in Account if f"`{account.value}`" not in ledger} == set()


def test_the_decisions_are_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("0*.md") if path.name not in listed] == []


def test_the_readme_begins_with_the_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    for command in ("python3 run.py demo", "python3 run.py test", "python3 run.py smoke"):
        assert command in readme


def test_every_static_file_that_a_template_names_exists() -> None:
    """In production a missing one is a page that cannot be shown."""
    folders = (
        ROOT / "shop" / "design" / "static",
        ROOT / "shop" / "static",
        ROOT / "fulfilment" / "entrypoints" / "static",
    )
    missing = {
        (path.name, name)
        for program in ("shop", "fulfilment")
        for path in (ROOT / program).rglob("*.html")
        for name in re.findall(r"{% static [\"']([^\"']+)[\"'] %}", path.read_text())
        if not name.startswith(("unfold/", "admin/", "mfa/", "account/"))
        and name != BUNDLE  # made of files that exist
        and not any((folder / name).is_file() for folder in folders)
    }
    assert missing == set()
