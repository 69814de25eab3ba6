"""What nobody types in good faith, and what some do: what the fuzzer puts in addresses, fields and bodies."""

import json
from random import Random

FIVE_MEGABYTES = 5 * 1024 * 1024

VALUES: tuple[str, ...] = (
    *(
        "",
        " ",
        "\t",
        "\n\r\n",
        "0",
        "-1",
        "1",
        "1e999",
        "NaN",
        "-0",
        "1,5",
        "1.000.000,00",
        "²",
        "٣",
        "½",
        "+1",
        "0x10",
    ),
    *("9" * 40, "9" * 4_400, "-" + "9" * 4_400, "1" + "0" * 310, "2147483648", "9223372036854775808"),
    *("0000-00-00", "2026-02-30", "9999-12-31", "2999-12-31", "0001-01-01", "2026-11-28T25:61", "10000-01-01"),
    *("\x00", "a\x00b", "\x01\x02\x1b[31m", "\x7f\x85", "\ufeff", "\ud7ff", "\ue000", "\uffff", "\U0010ffff"),
    *("\u202e21 ogaL", "\u2066x\u2069", "\u200b\u200d\u00ad", "e\u0301" * 300, "ß" * 200, "İ", "ﷺ" * 90),
    *("🧶" * 70, "👩‍👩‍👧‍👦", "جمعية", "木工房", "Ελλάδα", "thé-kan", "%", "%00", "%%s", "{{ 7*7 }}", "{% now %}"),
    *(
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        '"; DROP TABLE users; --',
        "../../etc/passwd",
        "\\",
        "//evil.example",
    ),
    *("javascript:alert(1)", "http://evil.example/", "data:text/html,x", "null", "None", "true", "on", "[]", "{}"),
    *(
        "an@1مثال.com",
        "é" * 60 + ".be",
        "an@" + "é" * 60 + ".be",
        "a" * 265 + "@example.com",
        "@",
        "a@b",
        "an@example.com\nBcc: x",
    ),
    *("BE68539007547034", "BE00000000000000", "NL91ABNA0417164300", "TR330006100519786457841326", "b" * 34),
    *("+32 470 00 00 00", "00", "323212345678", "x" * 80, "x" * 81, "x" * 301, "x" * 20_000),
)


def deep(levels: int) -> str:
    """JSON within JSON, further down than a reader that calls itself can go."""
    return '{"a":' * levels + "1" + "}" * levels


DEEP, FLAT = deep(100_000).encode(), b"[" * 50_000
LONG = b"a=" + b"x" * FIVE_MEGABYTES
MANY = b"&".join(b"a%d=1" % number for number in range(2_000))


def bodies(random: Random) -> tuple[bytes, str]:
    """A whole body that is none, with the content type that it claims."""
    value = random.choice(VALUES)
    return random.choice(
        (
            (b"", "application/json"),
            (b"{", "application/json"),
            (DEEP, "application/json"),
            (FLAT, "application/json"),
            (json.dumps({"id": value, "type": value, "data": {"object": value}}).encode(), "application/json"),
            (json.dumps([value]).encode(), "application/json"),
            (json.dumps(value).encode(), "application/json"),
            (b'{"a": "\xff\xfe"}', "application/json"),
            (b"\x00" * 1_000, "application/octet-stream"),
            (LONG, "application/x-www-form-urlencoded"),
            (MANY, "application/x-www-form-urlencoded"),
            (b"a=%ff%fe&b=%", "application/x-www-form-urlencoded"),
            (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
            (b"--x\r\n\r\n", "multipart/form-data"),
            (b"nothing", "multipart/form-data; boundary=" + "y" * 300),
            (value.encode("utf-8", "surrogatepass"), "text/plain"),
        )
    )
