"""Takes up changed settings while the server serves: SIGHUP reads them again, and no connection or stream ends for it.

Wrong settings change nothing, and the log says why. What only a restart can change keeps its old value until then.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence

from forecourt.app import Application
from forecourt.characters import to_printable
from forecourt.errors import ForecourtError
from forecourt.settings.inventory import find_changes, keep_until_restart
from forecourt.settings.server import Settings

MAX_KEYS = 20  # that one log line names
_KEPT = "the settings were read again and are not taken up: those of before stay"
log = logging.getLogger(__name__)
ReadSettings = Callable[[], Settings]


class SettingsReload:
    """Reads the settings again at each SIGHUP, and hands the application that follows to `install`.

    `read` raises `SettingsBroken`. Its settings are those of a start; what the command line said stands in them.
    """

    def __init__(self, application: Application, read: ReadSettings, install: Callable[[Application], None]):
        self._application, self._read, self._install = application, read, install

    async def run(self, signals: asyncio.Event) -> None:
        """Takes the settings up whenever `signals` is set, until it is cancelled. Several at once count as one."""
        while True:
            await signals.wait()
            signals.clear()
            await self.reload()

    async def reload(self) -> None:
        """Takes the settings up. Raises nothing: the server goes on as before where it cannot."""
        try:
            await self._take_up(await asyncio.to_thread(self._read))
        except (ForecourtError, OSError) as error:
            log.error("%s, because:", _KEPT)
            for line in str(error).splitlines():
                log.error("%s", to_printable(line))
        except Exception:
            log.exception("%s, because of an unexpected fault", _KEPT)

    async def _take_up(self, read_settings: Settings) -> None:
        current = self._application
        settings = keep_until_restart(current.settings, read_settings)
        successor = await asyncio.to_thread(Application, settings, current.database, current.keys, current)
        await successor.take_over(lambda: self._install(successor))
        self._application = successor
        _log_changes(*find_changes(current.settings, read_settings))


def _log_changes(live_keys: Sequence[str], restart_keys: Sequence[str]) -> None:
    """Says what holds from now on, and what does not. It names keys only, and no values."""
    if live_keys:
        log.info("the settings were read again; from now on these hold: %s", _enumerate(live_keys))
    else:
        log.info("the settings were read again; nothing changed that a running server takes up")
    if restart_keys:
        log.warning("these changed, too, and hold only after a restart: %s", _enumerate(restart_keys))


def _enumerate(keys: Sequence[str]) -> str:
    rest = len(keys) - MAX_KEYS
    return ", ".join(map(to_printable, keys[:MAX_KEYS])) + (f" and {rest} more" if rest > 0 else "")


@contextlib.asynccontextmanager
async def hangup_signals() -> AsyncIterator[asyncio.Event]:
    """Yields an event that each SIGHUP sets. Where there is no such signal (Windows), nothing sets it.

    A terminal that is closed sends the signal, too: then the server ends, as it does without this.
    """
    signals, loop = asyncio.Event(), asyncio.get_running_loop()
    if not hasattr(signal, "SIGHUP"):
        yield signals
        return
    has_terminal = _has_terminal()

    def handle() -> None:
        if has_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            signals.set()

    loop.add_signal_handler(signal.SIGHUP, handle)
    try:
        yield signals
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
