"""How often something may be asked, by whoever asks and for whom: counted in Valkey, in windows of time.

An address is counted by its hash: what is remembered names nobody.
"""

import hashlib
from dataclasses import dataclass
from time import time

from django.core.cache import cache
from django.http import HttpRequest

from shop.callers import customer_address


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``per_caller`` from one network address and ``per_subject`` for one subject, within ``seconds``."""

    name: str
    per_caller: int
    per_subject: int
    seconds: int

    def is_reached(self, request: HttpRequest, subject: str) -> bool:
        """Counts one more; whether that is too many. Who is refused is counted on. Raises RedisError."""
        caller = self.is_reached_by(request)
        return self._count("subject", subject.strip().lower()) > self.per_subject or caller

    def is_reached_by(self, request: HttpRequest) -> bool:
        """The same of whoever calls alone."""
        return self._count("caller", customer_address(request)) > self.per_caller

    def _count(self, kind: str, who: str) -> int:
        window = int(time()) // self.seconds
        key = f"asked:{self.name}:{kind}:{window}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
        cache.add(key, 0, self.seconds)
        return int(cache.incr(key))


LOGINS = Limit("login", per_caller=40, per_subject=10, seconds=900)
MAILS = Limit("mail", per_caller=12, per_subject=4, seconds=3600)
"""Whatever writes a mail to an address that somebody typed."""
PASSWORDS = Limit("password", per_caller=40, per_subject=10, seconds=900)
"""A password that is typed again by who is logged in."""
