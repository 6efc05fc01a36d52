"""Keeps the second step of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

A code counts once: its step of 30 seconds is stored, and only later ones are taken. A used recovery code is deleted.
Recovery codes are random enough (80 bits) for a plain digest.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyotp
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from forecourt import clock
from forecourt.db.tables import recovery_codes, two_step_secrets
from forecourt.digest import sha256_hex

RECOVERY_CODES = 10
SECONDS = 30  # of one step
_TOLERANCE = 1  # steps by which the clocks may differ (RFC 6238, 5.2)
_CODE_BYTES = 10
_MAX_LENGTH = 100  # characters of what is typed as a code

Method = Literal["totp", "recovery_code"]

_IS_OF_AGENT = two_step_secrets.c.agent == bindparam("of_agent")
_SELECT = select(two_step_secrets.c.secret, two_step_secrets.c.last_step, two_step_secrets.c.confirmed_at).where(
    _IS_OF_AGENT
)
_SELECT_FOR_UPDATE = _SELECT.with_for_update()
_INSERT = insert(two_step_secrets)
_DELETE = delete(two_step_secrets).where(_IS_OF_AGENT)
_SET_STEP = update(two_step_secrets).where(_IS_OF_AGENT).values(last_step=bindparam("step"))
_CONFIRM = update(two_step_secrets).where(_IS_OF_AGENT).values(confirmed_at=bindparam("now"))
_IS_CODE_OF_AGENT = recovery_codes.c.agent == bindparam("of_agent")
_INSERT_CODE = insert(recovery_codes)
_COUNT_CODES = select(func.count()).select_from(recovery_codes).where(_IS_CODE_OF_AGENT)
_DELETE_CODES = delete(recovery_codes).where(_IS_CODE_OF_AGENT)
_USE_CODE = _DELETE_CODES.where(recovery_codes.c.code_hash == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class TwoStep:
    """Holds an agent's second step. `confirmed_at` is None while it is being set up: it is not asked for then."""

    secret: str
    last_step: int
    confirmed_at: datetime | None


def find_two_step(connection: Connection, agent: str) -> TwoStep | None:
    row = connection.execute(_SELECT, {"of_agent": agent}).mappings().one_or_none()
    return TwoStep(**row) if row else None


def is_on(connection: Connection, agent: str) -> bool:
    """Checks whether the agent signs in with a second step."""
    two_step = find_two_step(connection, agent)
    return bool(two_step and two_step.confirmed_at)


def count_recovery_codes(connection: Connection, agent: str) -> int:
    return int(connection.execute(_COUNT_CODES, {"of_agent": agent}).scalar_one())


def begin_setup(connection: Connection, agent: str) -> bool:
    """Makes a new secret for the agent's app. Returns False where the second step is on already."""
    if is_on(connection, agent):
        return False
    connection.execute(_DELETE, {"of_agent": agent})
    row = {"agent": agent, "secret": pyotp.random_base32(), "last_step": 0, "created_at": clock.now()}
    connection.execute(_INSERT, row)
    return True


def confirm_setup(connection: Connection, agent: str, code: str) -> list[str] | None:
    """Switches the second step on where `code` is the app's, and returns the recovery codes; None where it is not."""
    two_step = _get_for_update(connection, agent)
    if two_step is None or two_step.confirmed_at or not _take_step(connection, agent, two_step, code):
        return None
    connection.execute(_CONFIRM, {"of_agent": agent, "now": clock.now()})
    return renew_recovery_codes(connection, agent)


def renew_recovery_codes(connection: Connection, agent: str) -> list[str]:
    """Returns new codes, as `abcd-efgh-ijkl-mnop`, which cannot be had again. The old ones stop working."""
    connection.execute(_DELETE_CODES, {"of_agent": agent})
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    connection.execute(_INSERT_CODE, [{"agent": agent, "code_hash": _digest(agent, code)} for code in codes])
    return codes


def use_code(connection: Connection, agent: str, code: str) -> Method | None:
    """Takes a code of the app or a recovery code, once, and returns which it was; None where it is neither."""
    two_step = _get_for_update(connection, agent)
    if two_step is None or two_step.confirmed_at is None:
        return None
    if _take_step(connection, agent, two_step, code):
        return "totp"
    is_recovery_code = connection.execute(_USE_CODE, {"of_agent": agent, "digest": _digest(agent, code)}).rowcount
    return "recovery_code" if is_recovery_code else None


def switch_off(connection: Connection, agent: str) -> bool:
    """Deletes the secret and every recovery code. Returns whether the second step was on."""
    was_on = is_on(connection, agent)
    connection.execute(_DELETE, {"of_agent": agent})
    connection.execute(_DELETE_CODES, {"of_agent": agent})
    return was_on


def _get_for_update(connection: Connection, agent: str) -> TwoStep | None:
    row = connection.execute(_SELECT_FOR_UPDATE, {"of_agent": agent}).mappings().one_or_none()
    return TwoStep(**row) if row else None


def _take_step(connection: Connection, agent: str, two_step: TwoStep, code: str) -> bool:
    """Checks a code of the app, and stores its step, so that neither this code nor an earlier one is taken again."""
    typed, totp = "".join(code[:_MAX_LENGTH].split()).encode(), pyotp.TOTP(two_step.secret)
    current = int(clock.now().timestamp()) // SECONDS
    for step in range(current - _TOLERANCE, current + _TOLERANCE + 1):
        if step > two_step.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            connection.execute(_SET_STEP, {"of_agent": agent, "step": step})
            return True
    return False


def _new_recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _digest(agent: str, code: str) -> str:
    """Returns what is stored of a code: written with or without hyphens and blanks, in capital or small letters."""
    plain = "".join(mark for mark in code[:_MAX_LENGTH].lower() if mark.isalnum())
    return sha256_hex(f"{agent}\0{plain}")
