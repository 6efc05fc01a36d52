"""Describes the cookie that carries a session's secret."""

from forecourt.console.host_cookie import HostCookie

SESSION_COOKIE = "forecourt_console"
_MAX_LENGTH = 64  # characters; ours have 43


def make_session_cookie(seconds: int, is_secure: bool) -> HostCookie:
    """Returns the cookie that the browser keeps for `seconds`. `is_secure`: browsers reach us by HTTPS."""
    return HostCookie(SESSION_COOKIE, seconds, _MAX_LENGTH, is_secure)
