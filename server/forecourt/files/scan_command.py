"""Asks a command of the operator's, such as a virus scanner, whether a file may be kept."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from forecourt.errors import FileUnchecked, FileUnsafe

AT_ONCE = 2
_REFUSED = 1  # the exit status of clamdscan and clamscan for a file that they refuse
log = logging.getLogger(__name__)


class ScanCommand:
    """Runs the command for each file, with its bytes on standard input. Without a command every file may be kept."""

    def __init__(self, command: Sequence[str], seconds: float):
        self._command, self._seconds = tuple(command), seconds
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def check(self, content: memoryview) -> None:
        """Raises `FileUnsafe` where the command refuses the file, and `FileUnchecked` where it fails or is late."""
        if not self._command:
            return
        async with self._slots:
            status = await self._run(content)
        if status == _REFUSED:
            raise FileUnsafe(self._command[0])
        if status != 0:
            log.error("file_scan.command %s ended with status %s: the file was refused", self._command[0], status)
            raise FileUnchecked(self._command[0])

    async def _run(self, content: memoryview) -> int | None:
        """Returns the exit status; None where the command could not be run in time."""
        silent = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=silent, stderr=silent
            )
        except OSError as error:
            log.error("file_scan.command: %s", error)
            return None
        try:
            async with asyncio.timeout(self._seconds):
                await process.communicate(content)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return process.returncode
