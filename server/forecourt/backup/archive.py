"""Writes a backup's files into one compressed tar file, and takes them out again, each checked against its hash."""

import hashlib
import io
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from forecourt import private_files
from forecourt.backup.manifest import FILE_NAME, MAX_BYTES, BackupFile, Manifest, decode_manifest, encode_manifest
from forecourt.errors import BackupBroken

_BLOCK = 1024 * 1024


def write_archive(path: Path, manifest: Manifest, folder: Path) -> None:
    """Writes the manifest and then its files from `folder`. `path` appears whole, or not at all."""
    content = encode_manifest(manifest)
    with private_files.open_for_writing(path) as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
        entry = tarfile.TarInfo(FILE_NAME)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
        for backup_file in manifest.files:
            tar.add(folder / backup_file.name, backup_file.name, recursive=False)


def extract_archive(path: Path, folder: Path) -> Manifest:
    """Writes the archive's files into `folder`, and returns the manifest.

    Raises `BackupBroken` for what is no backup, is cut, was changed, or holds other files than its manifest names.
    """
    try:
        with tarfile.open(path, "r:gz") as tar:
            entries = iter(tar)
            manifest = decode_manifest(_read_manifest(tar, entries))
            _extract_files(tar, entries, {file.name: file for file in manifest.files}, folder)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the backup's
        raise BackupBroken(f"{path} cannot be read to its end ({error}). Nothing was restored.") from error
    return manifest


def _read_manifest(tar: tarfile.TarFile, entries: Iterator[tarfile.TarInfo]) -> bytes:
    entry = next(entries, None)
    if entry is None or not entry.isreg() or entry.name != FILE_NAME or entry.size > MAX_BYTES:
        raise BackupBroken("This is no backup of Forecourt: it does not begin with its manifest.")
    return _content(tar, entry).read(entry.size)


def _extract_files(
    tar: tarfile.TarFile, entries: Iterator[tarfile.TarInfo], files_by_name: dict[str, BackupFile], folder: Path
) -> None:
    for entry in entries:
        file = files_by_name.pop(entry.name, None)
        if file is None or not entry.isreg() or entry.size != file.size:  # a link could lead anywhere
            raise BackupBroken(f"The backup's file {entry.name!r} is not the one that its manifest names.")
        _extract_file(_content(tar, entry), file, folder / file.name)
    if files_by_name:
        raise BackupBroken(f"The backup lacks {', '.join(files_by_name)}.")


def _extract_file(source: IO[bytes], file: BackupFile, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_files.make_private(target)
    with target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _BLOCK)
    with target.open("rb") as copy:
        if hashlib.file_digest(copy, "sha256").hexdigest() != file.sha256:
            raise BackupBroken(f"The backup's file {file.name} was changed: its hash is another one.")


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    """Returns the content of a regular file. Only other entries have none."""
    return cast(IO[bytes], tar.extractfile(entry))
