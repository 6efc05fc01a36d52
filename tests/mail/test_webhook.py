"""Checks that webhook calls are signed so that the receiver recognizes us, and never go to a private address."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import deliveries
from forecourt.db.tables import outbox as rows
from forecourt.mail import outbox, public_ip_address, webhook_signature, webhook_transport, webhook_url
from forecourt.mail.mail_folder import FolderTransport
from forecourt.mail.model import DeliveryDeferred, DeliveryRejected, DeliveryReply, WebhookCall
from forecourt.mail.outbox import LeasedItem
from forecourt.mail.transport import ChannelTransport
from forecourt.mail.webhook_transport import WebhookTransport
from tests.mail.deliveries import deliver_due

pytestmark = pytest.mark.anyio
SECRET = webhook_signature.new_webhook_secret()
BODY = b'{"type":"policy.changed"}'
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def receiver(
    *answers: bytes, tls: ssl.SSLContext | None = None, challenges: list[bytes] | None = None
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Runs a real HTTP server that gives these answers in turn. Yields its URL and the requests it received."""
    requests: list[bytes] = []
    answers_left = list(answers) or [OK]

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")).split(b":")[1])
        body = await reader.readexactly(length)
        if b'"webhook.challenge"' in body:  # the receiver wants the calls
            if challenges is not None:
                challenges.append(head + body)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (length, body))
        else:
            requests.append(head + body)
            writer.write(answers_left.pop(0) if answers_left else OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}", requests


def leased(url: str) -> LeasedItem:
    return LeasedItem("msg1", "", url, BODY, 1, clock.now(), "webhook", SECRET, "change:n:webhook", True)


def headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def answer(status: str, *more: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "content-length: 0", *more, "", ""]).encode()


async def test_a_receiver_can_tell_by_the_signature_that_it_was_us() -> None:
    began = int(time.time())
    async with receiver() as (url, requests):
        assert await WebhookTransport(allow_private=True).send(leased(f"{url}/in?x=1")) == DeliveryReply(
            "HTTP 200", 200
        )
    received, body = headers(requests[0]), requests[0].partition(b"\r\n\r\n")[2]
    assert requests[0].startswith(b"POST /in?x=1 HTTP/1.1\r\n")
    assert (received["webhook-id"], received["content-type"], body) == ("msg1", "application/json", BODY)
    assert began <= int(received["webhook-timestamp"]) <= time.time()
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = hmac.new(key, f"msg1.{received['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()
    assert received["webhook-signature"] == f"v1,{base64.b64encode(signature).decode()}"


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = webhook_signature.signature_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", secret, b'{"test": 2432232314}', 1614265330
    )
    assert signature["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("204 No Content", None),
        ("410 Gone", DeliveryRejected),
        ("301 Moved", DeliveryRejected),
        ("307 Temporary", DeliveryRejected),
        ("404 Not Found", DeliveryDeferred),
        ("429 Too Many", DeliveryDeferred),
        ("500 Oops", DeliveryDeferred),
    ],
)
async def test_each_status_accepts_defers_or_rejects(status: str, kind: type[Exception] | None) -> None:
    async with receiver(answer(status, "location: http://127.0.0.1:1/")) as (url, requests):
        sending = WebhookTransport(allow_private=True).send(leased(url))
        if kind is None:
            assert (await sending).code == int(status[:3])
        else:
            with pytest.raises(kind, match=status[:3]):
                await sending
    assert len(requests) == 1


@pytest.mark.parametrize(
    "response",
    [b"", b"not HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 40_000],
    ids=["cut", "garbage", "endless"],
)
async def test_a_response_that_is_not_http_is_tried_again(response: bytes) -> None:
    async with receiver(response) as (url, _):
        with pytest.raises(DeliveryDeferred):
            await WebhookTransport(allow_private=True).send(leased(url))


async def test_an_endless_body_is_not_read() -> None:
    async with receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n" + b"x" * 100_000) as (url, _):
        assert (await WebhookTransport(allow_private=True).send(leased(url))).code == 200


async def test_a_receiver_that_never_answers_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_transport, "TIMEOUT_SECONDS", 0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(DeliveryDeferred, match="TimeoutError"):
            await WebhookTransport(allow_private=True).send(leased(url))


async def test_a_refused_connection_is_tried_again() -> None:
    with pytest.raises(DeliveryDeferred):
        await WebhookTransport(allow_private=True).send(leased("http://127.0.0.1:1/"))


PRIVATE_ADDRESSES = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "::127.0.0.1",
    "::ffff:0:169.254.169.254",
    "fec0::1",
    "192.0.0.192",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_a_private_address_is_recognized_in_every_spelling(address: str) -> None:
    assert not public_ip_address.is_public_address(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_recognized(address: str) -> None:
    assert public_ip_address.is_public_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://user:pass@example.com/",
        "https://user@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://ex\u00e5mple.com/",
        "https://localhost/",
        "https://localhost./",
        "https://printer.local/",
        "https://db.internal/",
        "https://intranet/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://10.1.2.3:8443/x",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::127.0.0.1]/",
        "https://[fec0::1]/",
        "https://[not-an-address/",
        "https://example..com/",
        f"https://{'a' * 64}.example.com/",
        "javascript:alert(1)",
        "",
    ],
)
async def test_a_forbidden_url_is_refused_when_following_and_when_sending(url: str) -> None:
    assert webhook_url.webhook_url_fault(url) == "webhook"
    with pytest.raises(DeliveryRejected):
        await WebhookTransport().send(leased(url))


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://hooks.example.com:8443/a?b=c", "https://xn--exmple-qua.com/"]
)
def test_a_public_https_url_is_allowed(url: str) -> None:
    assert webhook_url.webhook_url_fault(url) is None


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::ffff:127.0.0.1",)])
async def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    """Replaces the name server, which is the only part that is not real here."""
    monkeypatch.setattr(webhook_transport, "look_up", lambda *_: list(addresses))
    with pytest.raises(DeliveryRejected, match="inside"):
        await WebhookTransport().send(leased("https://rebound.example.com/"))


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Writes a self-signed certificate for `name` and its key. Returns their paths."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return paths


@pytest.mark.parametrize(("name", "is_trusted"), [("hooks.example.com", True), ("other.example.com", False)])
async def test_the_connection_goes_to_the_checked_address_and_the_certificate_must_be_the_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_trusted: bool
) -> None:
    chain, key = certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    monkeypatch.setattr(webhook_transport, "is_public_address", lambda _: True)
    webhook_transport.ssl_context.cache_clear()
    async with receiver(tls=context) as (url, requests):
        port = url.rpartition(":")[2]
        monkeypatch.setattr(webhook_transport, "look_up", lambda *_: ["127.0.0.1"])
        sending = WebhookTransport().send(leased(f"https://hooks.example.com:{port}/"))
        if is_trusted:
            assert (await sending).code == 200
            assert headers(requests[0])["host"] == f"hooks.example.com:{port}"
        else:
            with pytest.raises(DeliveryDeferred, match="certificate"):
                await sending
            assert requests == []
    webhook_transport.ssl_context.cache_clear()


async def test_a_call_is_retried_and_recorded_like_a_mail(database: Database, tmp_path: Path) -> None:
    async with receiver(answer("503 Later"), OK) as (url, requests):
        call = WebhookCall("policy.changed", "change:n:webhook", url, SECRET, BODY)
        for _ in range(2):
            await database.write(lambda c: outbox.put_webhook_call(c, call))
        transport = ChannelTransport(FolderTransport(tmp_path / "mails"), WebhookTransport(allow_private=True))
        await deliver_due(database, transport)
        make_due = rows.update().values(next_attempt_at=clock.now())
        await database.write(lambda c: c.execute(make_due) and None)
        await deliver_due(database, transport)
    assert [headers(request)["webhook-id"] for request in requests] == [headers(requests[0])["webhook-id"]] * 2
    attempts = await database.read(lambda c: c.execute(deliveries.select().order_by(deliveries.c.seq)).all())
    assert [(attempt.outcome, attempt.code) for attempt in attempts] == [("deferred", 503), ("accepted", 200)]
    assert not (tmp_path / "mails").exists()


async def test_calls_are_not_listed_among_the_mails(database: Database) -> None:
    call = WebhookCall(
        "policy.changed", "change:n:webhook", "https://hooks.example.com/", SECRET, json.dumps({}).encode()
    )
    await database.write(lambda c: outbox.put_webhook_call(c, call))
    (row,) = await database.read(lambda c: c.execute(rows.select()).all())
    assert await database.read(outbox.find_latest_mails) == []
    assert await database.read(lambda c: outbox.find_mail(c, row.id)) is None


async def test_a_challenge_that_is_answered_by_what_nests_too_deep_is_not_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_transport, "CHALLENGE_TYPE", "something else")  # which the receiver does not echo
    nested = b"HTTP/1.1 200 OK\r\ncontent-length: 4004\r\n\r\n" + b'{"":' + b"[" * 4000
    async with receiver(nested) as (url, requests):
        assert not await WebhookTransport(allow_private=True).answers_challenge(f"{url}/hook", SECRET)
    assert len(requests) == 1
