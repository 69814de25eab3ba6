"""Gzip of a page, around a part that many pages have: that part is packed once, and not in every page anew."""

import zlib
from functools import lru_cache
from struct import pack

_LEVEL = 6
_RAW = -zlib.MAX_WBITS
_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""Deflated, of no time and no system (RFC 1952)."""

Parts = tuple[bytes, bytes, bytes]
"""What comes before the part that is shared, that part (the same in memory for every page), and what comes after."""


def packed(parts: Parts) -> Parts:
    """One after another they are one gzip file of all three: each begins on a byte, none points back into another."""
    before, shared, after = parts
    check = zlib.crc32(after, zlib.crc32(shared, zlib.crc32(before)))
    length = sum(map(len, parts)) & 0xFFFFFFFF
    return (
        _HEAD + _deflated(before, zlib.Z_FULL_FLUSH),
        _shared(shared),
        _deflated(after, zlib.Z_FINISH) + pack("<II", check, length),
    )


@lru_cache(maxsize=2)
def _shared(part: bytes) -> bytes:
    return _deflated(part, zlib.Z_FULL_FLUSH)


def _deflated(part: bytes, ending: int) -> bytes:
    packing = zlib.compressobj(_LEVEL, wbits=_RAW)
    return packing.compress(part) + packing.flush(ending)
