"""Warehouses as a Saleor that was set up from the file tells them."""

from typing import Any

from catalogue.values import CatalogueFile


def warehouse_nodes(file: CatalogueFile) -> list[dict[str, Any]]:
    """One for each of the file, which staff left alone."""
    return [
        {
            "id": f"warehouse:{reference}",
            "clickAndCollectOption": "ALL" if one.collects else "DISABLED",
            "hours": {
                "hours" if language == "nl" else f"hours_{language}": told for language, told in one.hours.items()
            },
            "externalReference": reference,
            "name": one.name,
            "email": one.email,
            "address": {
                **one.address,
                "city": one.address["city"].upper(),
                "country": {"code": one.address["country"]},
            },
        }
        for reference, one in file.warehouses.items()
    ]
