"""A small document store over SQLite: kinds of JSON documents, each with an id and a place in the sequence.

One writer at a time per file, any number of readers; readers see only what is committed. Money in documents is integer
minor units or text, never a float.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

Document = dict[str, Any]

_FIELD = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class NotStoredError(LookupError):
    """There is no document of that kind with that id."""

    def __init__(self, kind: str, document_id: str) -> None:
        super().__init__(f"no {kind} {document_id!r}")
        self.kind = kind
        self.document_id = document_id


class AlreadyStoredError(ValueError):
    """A document of that kind with that id exists already."""


def _path(field: str) -> str:
    """The SQL expression of a field; refuses anything that is not a plain dotted name, since it is put in the text."""
    if not _FIELD.match(field):
        raise ValueError(f"not a field name: {field!r}")
    return f"json_extract(body, '$.{field}')"


def _conditions(
    kind: str,
    where: Mapping[str, object] | None,
    at_least: Mapping[str, float] | None,
    at_most: Mapping[str, float] | None,
) -> tuple[str, list[object]]:
    parts, values = ["kind = ?"], list[object]([kind])
    for field, value in (where or {}).items():
        if value is None:
            parts.append(f"{_path(field)} IS NULL")
        elif isinstance(value, (list, tuple, set, frozenset)):
            parts.append(f"{_path(field)} IN ({', '.join('?' * len(value))})")
            values.extend(value)
        else:
            parts.append(f"{_path(field)} = ?")
            values.append(value)
    for bounds, sign in ((at_least, ">="), (at_most, "<=")):
        for field, bound in (bounds or {}).items():
            parts.append(f"{_path(field)} {sign} ?")
            values.append(bound)
    return " AND ".join(parts), values


class Reader:
    """Reads from one connection. Every document returned is the caller's own copy."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, kind: str, document_id: str) -> Document | None:
        row = self._connection.execute(
            "SELECT body FROM document WHERE kind = ? AND id = ?", (kind, document_id)
        ).fetchone()
        return None if row is None else _document(row[0])

    def require(self, kind: str, document_id: str) -> Document:
        """Like `get`; raises NotStoredError where there is none."""
        found = self.get(kind, document_id)
        if found is None:
            raise NotStoredError(kind, document_id)
        return found

    def find(
        self,
        kind: str,
        where: Mapping[str, object] | None = None,
        *,
        at_least: Mapping[str, float] | None = None,
        at_most: Mapping[str, float] | None = None,
        order_by: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
        before: int | None = None,
        after: int | None = None,
    ) -> list[Document]:
        """Documents of a kind, oldest first unless told otherwise.

        `where` compares fields (dotted names reach inside): a value, None for null or absent, or a list of values.
        `order_by` names a field to sort by before the sequence; `before` and `after` bound the sequence.
        """
        conditions, values = _conditions(kind, where, at_least, at_most)
        for bound, sign in ((before, "<"), (after, ">")):
            if bound is not None:
                conditions += f" AND sequence {sign} ?"
                values.append(bound)
        direction = "DESC" if newest_first else "ASC"
        order = f"{_path(order_by)} {direction}, sequence {direction}" if order_by else f"sequence {direction}"
        # Names are checked by _path, values are bound.
        statement = f"SELECT body FROM document WHERE {conditions} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        rows = self._connection.execute(statement, (*values, -1 if limit is None else limit, offset))
        return [_document(row[0]) for row in rows]

    def first(self, kind: str, where: Mapping[str, object] | None = None, **options: Any) -> Document | None:
        """The first of `find`, or None."""
        found = self.find(kind, where, limit=1, **options)
        return found[0] if found else None

    def count(
        self,
        kind: str,
        where: Mapping[str, object] | None = None,
        *,
        at_least: Mapping[str, float] | None = None,
        at_most: Mapping[str, float] | None = None,
    ) -> int:
        conditions, values = _conditions(kind, where, at_least, at_most)
        statement = f"SELECT count(*) FROM document WHERE {conditions}"  # noqa: S608 - as in find
        return int(self._connection.execute(statement, values).fetchone()[0])

    def total(self, kind: str, field: str, *, at_least: Mapping[str, float] | None = None) -> int:
        """The sum of a field of whole numbers over the documents of a kind; 0 where there are none."""
        conditions, values = _conditions(kind, None, at_least, None)
        statement = f"SELECT coalesce(sum({_path(field)}), 0) FROM document WHERE {conditions}"  # noqa: S608 - as in find
        return int(self._connection.execute(statement, values).fetchone()[0])

    def sequence(self, kind: str, document_id: str) -> int | None:
        """The place of a document in the order of creation, or None where there is no such document."""
        row = self._connection.execute(
            "SELECT sequence FROM document WHERE kind = ? AND id = ?", (kind, document_id)
        ).fetchone()
        return None if row is None else int(row[0])


class Transaction(Reader):
    """Reads and writes within one commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.after_commit: list[Callable[[], None]] = []

    def insert(self, kind: str, document_id: str, document: Mapping[str, Any]) -> None:
        """Add a new document; raises AlreadyStoredError where the id is taken."""
        try:
            self._connection.execute(
                "INSERT INTO document (kind, id, body) VALUES (?, ?, ?)", (kind, document_id, _text(document))
            )
        except sqlite3.IntegrityError as error:
            raise AlreadyStoredError(f"{kind} {document_id!r} exists") from error

    def put(self, kind: str, document_id: str, document: Mapping[str, Any]) -> None:
        """Add or replace; a replaced document keeps its place in the sequence."""
        self._connection.execute(
            "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, document_id, _text(document)),
        )

    def delete(self, kind: str, document_id: str) -> bool:
        """Remove a document; says whether it was there."""
        cursor = self._connection.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, document_id))
        return cursor.rowcount == 1

    def next_number(self, name: str) -> int:
        """The next number of a gapless counter, from 1."""
        row = self._connection.execute(
            "INSERT INTO counter (name, value) VALUES (?, 1) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name,),
        ).fetchone()
        return int(row[0])

    def on_commit(self, action: Callable[[], None]) -> None:
        """Run an action after the commit; not at all when it is rolled back."""
        self.after_commit.append(action)


class Store:
    """One SQLite file. `indexes` names the fields that are searched often, per kind or shared; two with a space between
    are searched by the first and sorted by the second."""

    def __init__(self, path: Path, *, indexes: Sequence[str] = ()) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._connections: list[sqlite3.Connection] = []
        self._writing = threading.Lock()
        self._writer_thread: int | None = None
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.executescript(_SCHEMA)
        for fields in indexes:
            name = "document_" + re.sub(r"\W", "_", fields)
            paths = ", ".join(_path(field) for field in fields.split())
            self._writer.execute(f"CREATE INDEX IF NOT EXISTS {name} ON document (kind, {paths})")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=10, check_same_thread=False)
        # With WAL, NORMAL survives the death of the process; only a power cut may lose the last commits.
        connection.execute("PRAGMA synchronous = NORMAL")
        self._connections.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: committed at the end of the block, rolled back on an exception.

        Raises RuntimeError when this thread is already writing: pass the open transaction on instead.
        """
        if self._writer_thread == threading.get_ident():
            raise RuntimeError("this thread already has a transaction open: pass it on")
        with self._writing:
            self._writer_thread = threading.get_ident()
            transaction = Transaction(self._writer)
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield transaction
                except BaseException:
                    self._writer.execute("ROLLBACK")
                    raise
                self._writer.execute("COMMIT")
            finally:
                self._writer_thread = None
        for action in transaction.after_commit:
            action()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Several reads of one moment."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            try:
                yield Reader(connection)
            finally:
                connection.execute("ROLLBACK")
        finally:
            self._idle.put(connection)

    def get(self, kind: str, document_id: str) -> Document | None:
        """One document as committed, or None."""
        with self.read() as reader:
            return reader.get(kind, document_id)

    def require(self, kind: str, document_id: str) -> Document:
        """One document as committed; raises NotStoredError where there is none."""
        with self.read() as reader:
            return reader.require(kind, document_id)

    def find(self, kind: str, where: Mapping[str, object] | None = None, **options: Any) -> list[Document]:
        """Committed documents; options as in Reader.find."""
        with self.read() as reader:
            return reader.find(kind, where, **options)

    def check(self) -> None:
        """Prove that the file can be read and written; raises sqlite3.Error where it cannot."""
        with self.write() as tx:
            tx.put("health", "check", {})

    def close(self) -> None:
        """Close every connection. No thread may use the store any more."""
        for connection in self._connections:
            connection.close()


def _document(text: str) -> Document:
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
