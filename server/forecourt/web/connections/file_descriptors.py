"""This module raises the limit of open files, of which each connection is one, and keeps some for everything else."""

from forecourt.web.connections.open_connections import MAX_TURNED_AWAY

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment] # absent on purpose

RESERVED_FILES = 128 + MAX_TURNED_AWAY  # for the database, mails, webhooks, logs, and clients that are turned away


def raise_file_limit() -> None:
    """Raises this process's limit of open files as far as it may without a privilege."""
    if resource:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def fit_connections(maximum: int) -> int:
    """Returns how many connections this process can have open: `maximum`, or fewer where the limit of files is low."""
    if not resource:
        return maximum
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return maximum if hard == resource.RLIM_INFINITY else max(16, min(maximum, hard - RESERVED_FILES))


def low_file_limit_warning(maximum: int) -> str:
    """Returns a sentence for the operator where `maximum` connections do not fit; blank where they do."""
    fitting = fit_connections(maximum)
    if fitting == maximum:
        return ""
    return (
        f"the limit of open files lets {fitting} connections be open at once, and not {maximum} (connections.maximum); "
        f"raise it to {maximum + RESERVED_FILES} or more (ulimit -Hn; LimitNOFILE= of systemd)."
    )
