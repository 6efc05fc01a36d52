"""Defines the server's settings, each with its type and default."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from forecourt.settings.site import SiteSettings

Port = Annotated[int, Meta(ge=0, le=65535)]
SiteName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
        description="a site's name of a to z, 0 to 9 and -, at most 32 characters",
    ),
]
Uri = Annotated[  # of one line
    str,
    Meta(
        max_length=300,
        pattern=r"^(?!http:)[a-z][a-z0-9+.-]*:[!-~]+\Z",
        description="an address of at most 300 characters that begins with mailto:, https: or the like, not with http:",
    ),
]
LanguageTag = Annotated[
    str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", description="a language tag: en, nb, pt-BR")
]
Days = Annotated[int, Meta(ge=0, le=3650)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, Meta(ge=0.1, le=3600)]


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Names the relay that delivers the mail. Without a host, mails are written into the folder `mails` of the data."""

    host: str = ""
    port: Port = 587
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: Annotated[float, Meta(gt=0, le=300)] = 30.0  # seconds for one mail


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """Bounds the connections of one process in number and time. Each worker process counts for itself."""

    maximum: Annotated[int, Meta(ge=16, le=1_000_000)] = 4096  # open at once, event streams included
    per_client: Annotated[int, Meta(ge=1, le=1_000_000)] = 1024  # of those, of one IPv4 address or IPv6 /64
    head_seconds: Seconds = 10.0  # for a request's whole head
    body_seconds: Seconds = 30.0  # for a whole body, then the connection is closed; who reads the body waits 10
    body_rest_seconds: Seconds = 5.0  # for the rest of a body after its request was answered
    write_seconds: Seconds = 30.0  # in which a client has to read 16 KiB of what waits for it, or all
    idle_seconds: Seconds = 5.0  # that a connection is kept for the next request


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Says for how many days each kind of data is kept.

    What visitors gave is kept as long as its purpose promises (`purposes.NAME.retention_days`). A number here makes
    that shorter, and never longer; 0 leaves it as promised.
    """

    contact: Days = 0
    conversations: Days = 0
    subscriptions: Days = 0
    unconfirmed_addresses: Days = 7  # addresses that only a visitor typed
    mails: Days = 30  # sent or failed, in the outbox
    links: Days = 0  # after they expired
    consent_details: Days = 365  # after the choice's six months: origin, address, browser and receipt


@dataclass(frozen=True, slots=True)
class SecurityTxtSettings:
    """Says what `/.well-known/security.txt` holds (RFC 9116). Without a contact there is no such file."""

    contact: tuple[Uri, ...] = ()  # the preferred one first
    policy: Uri | Literal[""] = ""  # how reports are handled
    encryption: Uri | Literal[""] = ""  # the key to encrypt reports with
    acknowledgments: Uri | Literal[""] = ""  # who is thanked
    languages: tuple[LanguageTag, ...] = ()  # that reports may be in
    days: Annotated[int, Meta(ge=1, le=364)] = 180  # that the file is good for, from when it is read


@dataclass(frozen=True, slots=True)
class UnconfirmedMailSettings:
    """Says how many mails an hour go to addresses that nobody has confirmed: confirmations and receipts, of all sites.

    Over `mailbox` (an address without its tag) a mail is dropped. Over `domain` or `total` it waits for a later hour.
    Over `network`, which counts requests, the form is refused. An office may share one network and one domain.
    """

    mailbox: Count = 4
    domain: Count = 500  # more than `network`: one network alone delays nobody else's mails
    network: Count = 250
    total: Count = 2000


@dataclass(frozen=True, slots=True)
class FileScanSettings:
    """Names the operator's command that looks into each file before it is stored. Without one, none does.

    It gets the bytes on standard input. Exit status 0 keeps the file and 1 refuses it; any other refuses it for now.
    """

    command: tuple[str, ...] = ()  # ["clamdscan", "--no-summary", "-"]
    seconds: Seconds = 30.0  # for one file


@dataclass(frozen=True, slots=True)
class Settings:
    """Holds all settings of a server and its sites."""

    host: str = "127.0.0.1"  # the address to listen on
    port: Port = 8000  # 0 takes a free one
    public_url: str = ""  # where browsers reach Forecourt; http://HOST:PORT when empty
    data: Path = Path("var")  # database, key and mails, where no other place is set for them
    database_url: str = field(default="", repr=False)  # postgresql://...; SQLite in the data folder when empty
    secrets: tuple[str, ...] = field(default=(), repr=False)  # signing keys, the newest first
    log_key: str = field(default="", repr=False)  # the private key that seals the log; log.key in the data when empty
    trusted_proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For and -Proto are believed
    shared_limits: bool = True  # counts rate limits in PostgreSQL, where several servers may share it
    limits: bool = True  # rate limits, and connections by client; off for benchmarks and outside checks only
    mail_from: str = "forecourt@localhost.localdomain"  # the sender of every mail
    allow_private_webhooks: bool = False  # allows followers' webhooks to addresses of the own network, and plain http
    log_format: Literal["text", "json"] = "text"
    security_log: Path | None = None  # a file for security events; among the other lines without one
    metrics_token: str = field(default="", repr=False)  # opens /metrics for others than this machine
    hsts_days: Annotated[int, Meta(ge=0, le=730)] = 365  # that browsers take HTTPS only, where public_url is https
    session_hours: Annotated[float, Meta(gt=0, le=720)] = 12.0  # how long a console session lasts at most
    session_idle_hours: Annotated[float, Meta(gt=0, le=720)] = 2.0  # and how long after its last use
    connections: ConnectionSettings = ConnectionSettings()
    smtp: SmtpSettings = SmtpSettings()
    retention: RetentionSettings = RetentionSettings()
    unconfirmed_mails: UnconfirmedMailSettings = UnconfirmedMailSettings()
    security_txt: SecurityTxtSettings = SecurityTxtSettings()
    file_scan: FileScanSettings = FileScanSettings()
    sites: dict[SiteName, SiteSettings] = field(default_factory=dict)


def public_address(settings: Settings) -> str:
    """Returns the address at which browsers reach Forecourt, without a slash at its end."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}").rstrip("/")


def override(settings: Settings, **values: object) -> Settings:
    """Returns a copy with other values, such as those of the command line. A value of None changes nothing."""
    changes: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    return dataclasses.replace(settings, **changes)
