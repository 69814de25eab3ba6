"""Deaths after which the end is another today, by the place where they happen, and why."""

KNOWN: dict[str, str] = {}
