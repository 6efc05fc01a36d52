"""Reads and writes files, their bytes in chunks, so that nobody holds a whole one to send it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from forecourt.db.tables import file_chunks, files
from forecourt.files.model import FileKind, FileOwner, NewFile, StoredFile

CHUNK = 256 * 1024  # bytes
_IS_ONE = files.c.id == bindparam("file")
_STORED_FILE = ("id", "name", "kind", "size")
_OTHERS = ("site", "visitor", "conversation", "upload_hash", "event_seq")
_SELECT = select(*(files.c[name] for name in (*_STORED_FILE, *_OTHERS)))
_SELECT_ONE = _SELECT.where(_IS_ONE)
_SELECT_UNNAMED = (
    select(files.c.id)
    .where(files.c.event_seq.is_(None), files.c.created_at < bindparam("before"))
    .limit(bindparam("most"))
)
_COUNT_UNNAMED = select(files.c.id).where(files.c.visitor == bindparam("visitor"), files.c.event_seq.is_(None))
_SELECT_CHUNK = select(file_chunks.c.content).where(
    file_chunks.c.file == bindparam("file"), file_chunks.c.position == bindparam("position")
)
_INSERT, _INSERT_CHUNK = insert(files), insert(file_chunks)
_NAME = (
    update(files)
    .where(_IS_ONE, files.c.event_seq.is_(None), files.c.conversation.in_(["", bindparam("in_conversation")]))
    .values(event_seq=bindparam("seq"), conversation=bindparam("in_conversation"))
)
_DELETE_UNNAMED = delete(files).where(_IS_ONE, files.c.event_seq.is_(None))
_DELETE_CHUNKS = delete(file_chunks).where(file_chunks.c.file == bindparam("file"))


@dataclass(frozen=True, slots=True)
class FileRow:
    """Holds a file's row. `event_seq` is the number of the message that carries it; None before there is one."""

    stored_file: StoredFile
    owner: FileOwner
    upload_hash: str
    event_seq: int | None


def add_file(
    connection: Connection, identifier: str, owner: FileOwner, new_file: NewFile, created_at: datetime
) -> None:
    connection.execute(
        _INSERT,
        {
            "id": identifier,
            "site": owner.site,
            "visitor": owner.visitor,
            "conversation": owner.conversation,
            "name": new_file.name,
            "kind": str(new_file.kind),
            "size": new_file.content.nbytes,
            "upload_hash": new_file.upload_hash,
            "created_at": created_at,
        },
    )
    for position, start in enumerate(range(0, new_file.content.nbytes, CHUNK)):
        chunk = bytes(new_file.content[start : start + CHUNK])
        connection.execute(_INSERT_CHUNK, {"file": identifier, "position": position, "content": chunk})


def find_file(connection: Connection, identifier: str) -> FileRow | None:
    row = connection.execute(_SELECT_ONE, {"file": identifier}).mappings().one_or_none()
    return _to_file(row) if row else None


def find_chunk(connection: Connection, identifier: str, position: int) -> bytes | None:
    """Returns the file's chunk at this position, from 0 on; None after the last, and where the file is gone."""
    return connection.execute(_SELECT_CHUNK, {"file": identifier, "position": position}).scalar()


def count_unnamed(connection: Connection, visitor: str) -> int:
    """Returns how many files of the visitor no message carries yet."""
    return len(connection.execute(_COUNT_UNNAMED, {"visitor": visitor}).all())


def set_event(connection: Connection, identifier: str, conversation: str, seq: int) -> bool:
    """Says which message carries the file. Returns False where another one does, or the file is gone."""
    values = {"file": identifier, "in_conversation": conversation, "seq": seq}
    return connection.execute(_NAME, values).rowcount == 1


def find_unnamed(connection: Connection, before: datetime, most: int) -> list[str]:
    """Returns files that no message names, and that were uploaded before."""
    return [*connection.execute(_SELECT_UNNAMED, {"before": before, "most": most}).scalars()]


def delete_unnamed(connection: Connection, identifiers: Iterable[str]) -> int:
    """Deletes those of the files that no message carries, not even one that is being stored. Returns how many."""
    count = 0
    for identifier in identifiers:
        if connection.execute(_DELETE_UNNAMED, {"file": identifier}).rowcount:
            connection.execute(_DELETE_CHUNKS, {"file": identifier})
            count += 1
    return count


def _to_file(row: RowMapping) -> FileRow:
    stored_file = StoredFile(row["id"], row["name"], FileKind(row["kind"]), row["size"])
    owner = FileOwner(row["site"], row["visitor"], row["conversation"])
    return FileRow(stored_file, owner, row["upload_hash"], row["event_seq"])
