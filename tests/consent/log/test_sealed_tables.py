"""Checks that releases, change notices and deliveries are sealed, and that each one changed or slipped in is named."""

import pytest
from sqlalchemy import insert, select, text

from forecourt import clock
from forecourt.consent.log import sealed_tables, sealing, store
from forecourt.consent.log.sealed_tables import SEALED_TABLES
from forecourt.db.database import Database
from forecourt.db.log_queue import LeafKind
from forecourt.db.tables import log_leaves, log_queue
from forecourt.followers import store as follower_store
from forecourt.followers.model import ChangeNoticeRecord
from forecourt.mail import outbox
from forecourt.mail.model import Channel, DeliveryReply
from tests.consent.log.attacks import attack, verify_log
from tests.consent.log.records import KEY, SHOWN, append, append_older
from tests.mail.test_outbox import SENDER, mail
from tests.policy import sample

pytestmark = pytest.mark.anyio
NOTICE = ChangeNoticeRecord("n1", "main", 1, "f1", "mail", "en", None, SHOWN, "c" * 64, clock.now())
NAMES = ("release main/1", "change notice n1", "delivery 1")


@pytest.fixture
async def sealed(database: Database) -> Database:
    """One row of each kind, appended by the code that appends it while serving, between consents."""
    await database.write(lambda c: append(c, 5))
    await database.write(lambda c: sealing.seal(c, KEY))
    await database.write(lambda c: sample.publish(c, sample.policy(), clock.now()))
    await database.write(lambda c: follower_store.add_notice(c, NOTICE, "s", "dpo@example.com"))
    await database.write(lambda c: outbox.put_mail(c, mail(), SENDER, records_deliveries=True))
    (item,) = await database.write(lambda c: outbox.lease_due(c, Channel.MAIL, 1))
    await database.write(lambda c: outbox.record_accepted(c, item, DeliveryReply("taken", 250)))
    return database


async def seal_all(database: Database) -> None:
    while await database.write(lambda c: sealing.seal(c, KEY)):
        pass


async def test_each_waits_for_its_seal_and_gets_it(sealed: Database) -> None:
    report = await verify_log(sealed)
    assert (report.size, report.waiting, report.is_whole) == (5, 3, True)
    await seal_all(sealed)
    report = await verify_log(sealed)
    assert (report.size, report.waiting, report.is_whole, report.dated) == (8, 0, True, [])
    leaves = await sealed.read(lambda c: c.execute(select(log_leaves).order_by(log_leaves.c.position)).all())
    assert [(leaf.kind, leaf.record) for leaf in leaves[5:]] == [
        ("release", "main/1"),
        ("change_notice", "n1"),
        ("delivery", "1"),
    ]


async def test_each_is_counted_while_it_waits(sealed: Database) -> None:
    backlog = await sealed.read(store.measure_backlog)
    assert (backlog.records, backlog.oldest_at) == (3, None)
    await sealed.write(append_older)
    backlog = await sealed.read(store.measure_backlog)
    assert backlog.records == 4
    assert backlog.oldest_at is not None
    await seal_all(sealed)
    assert (await sealed.read(store.measure_backlog)).records == 0


async def test_a_batch_takes_no_more_than_it_may(sealed: Database) -> None:
    assert await sealed.write(lambda c: sealing.seal(c, KEY, 2)) == 2
    assert await sealed.write(lambda c: sealing.seal(c, KEY, 2)) == 1
    assert await sealed.write(lambda c: sealing.seal(c, KEY, 2)) == 0
    assert (await verify_log(sealed)).is_whole


CHANGES = [
    ("release main/1", "UPDATE releases SET {} = {} WHERE number = 1", SEALED_TABLES[LeafKind.RELEASE]),
    ("change notice n1", "UPDATE change_notices SET {} = {} WHERE id = 'n1'", SEALED_TABLES[LeafKind.CHANGE_NOTICE]),
    ("delivery 1", "UPDATE deliveries SET {} = {} WHERE seq = 1", SEALED_TABLES[LeafKind.DELIVERY]),
]
NEW_VALUES = {"effective_at": "'2020-01-01'", "release": "7", "code": "550"}
NEW_VALUES |= {"published_at": "published_at - 1", "created_at": "created_at - 1"}


@pytest.mark.parametrize(
    ("name", "statement", "column"),
    [
        (name, statement, column)
        for name, statement, table in CHANGES
        for column in table.fields
        if column not in table.key
    ],
)
async def test_a_changed_row_is_named(sealed: Database, name: str, statement: str, column: str) -> None:
    await seal_all(sealed)
    await attack(sealed, statement.format(column, NEW_VALUES.get(column, "'x'")))
    report = await verify_log(sealed)
    assert (report.changed, report.missing, report.extra) == ([name], [], [])


@pytest.mark.parametrize(
    ("name", "statement", "new_name"),
    [
        ("release main/1", "UPDATE releases SET number = 9", "release main/9"),
        ("change notice n1", "UPDATE change_notices SET id = 'n9'", "change notice n9"),
        ("delivery 1", "UPDATE deliveries SET seq = 9", "delivery 9"),
    ],
)
async def test_a_renumbered_row_is_missing_and_one_that_was_never_sealed(
    sealed: Database, name: str, statement: str, new_name: str
) -> None:
    await seal_all(sealed)
    await attack(sealed, statement)
    report = await verify_log(sealed)
    assert (report.changed, report.missing, report.extra) == ([], [name], [new_name])


DELETIONS = ["DELETE FROM releases", "DELETE FROM change_notices", "DELETE FROM deliveries"]


@pytest.mark.parametrize(("name", "statement"), [*zip(NAMES, DELETIONS, strict=True)])
@pytest.mark.parametrize("is_sealed", [True, False])
async def test_a_deleted_row_is_named_also_while_it_waits(
    sealed: Database, name: str, statement: str, is_sealed: bool
) -> None:
    if is_sealed:
        await seal_all(sealed)
    await attack(sealed, statement)
    await seal_all(sealed)  # what is gone is not sealed, and keeps nothing else from it
    report = await verify_log(sealed)
    assert [report.missing, report.changed, report.extra] == [[name], [], []]
    assert report.waiting == 0


INSERTIONS = [
    "INSERT INTO releases (site, number, sha256, previous, content, published_at, effective_at) "
    "SELECT site, 2, sha256, previous, content, published_at, effective_at FROM releases",
    "INSERT INTO change_notices (id, site, release, follower, channel, locale, content_hash, commitment, created_at) "
    "SELECT 'n2', site, release, 'f2', channel, locale, content_hash, commitment, created_at FROM change_notices",
    "INSERT INTO deliveries (outbox_key, outcome, code, created_at) "
    "SELECT outbox_key, outcome, code, created_at FROM deliveries",
]
INSERTED = ["release main/2", "change notice n2", "delivery 2"]


@pytest.mark.parametrize(("name", "statement"), [*zip(INSERTED, INSERTIONS, strict=True)])
@pytest.mark.parametrize("is_sealed", [True, False])
async def test_a_row_that_was_slipped_in_is_named(sealed: Database, name: str, statement: str, is_sealed: bool) -> None:
    """A trigger lets it in: it is appended."""
    if is_sealed:
        await seal_all(sealed)
    await sealed.write(lambda c: c.execute(text(statement)) and None)
    await seal_all(sealed)
    report = await verify_log(sealed)
    assert (report.extra, report.changed, report.missing) == ([name], [], [])


async def test_a_row_that_was_slipped_in_with_its_place_in_the_queue_is_dated_before_its_neighbour(
    sealed: Database,
) -> None:
    await seal_all(sealed)
    await sealed.write(
        lambda c: c.execute(text(INSERTIONS[2].replace(", created_at FROM", ", created_at - 90000000 FROM"))) and None
    )
    await sealed.write(lambda c: c.execute(insert(log_queue), {"kind": "delivery", "record": "2"}) and None)
    await seal_all(sealed)
    report = await verify_log(sealed)
    assert (report.dated, report.is_whole) == (["delivery 2"], True)


@pytest.mark.parametrize("record", ["main/1", "1", "main/x/y", "9" * 40, "٣"])
@pytest.mark.parametrize("kind", [*LeafKind, "other"])
async def test_a_leaf_of_another_name_or_kind_is_reported(sealed: Database, kind: str, record: str) -> None:
    await seal_all(sealed)
    await attack(sealed, f"UPDATE log_leaves SET kind = '{kind}', record = '{record}*' WHERE kind = 'delivery'")
    await attack(sealed, f"UPDATE log_leaves SET kind = 'release', record = '{record}+' WHERE record = 'n1'")
    report = await verify_log(sealed)
    assert not report.is_whole
    assert {"delivery 1", "change notice n1"} <= set(report.extra)


async def test_what_is_sealed_already_is_not_sealed_again(sealed: Database) -> None:
    """And a queue that somebody filled stops nothing."""
    await seal_all(sealed)
    queued_rows = [{"kind": "release", "record": "main/1"}, {"kind": "release", "record": "main/77"}]
    queued_rows += [{"kind": "other", "record": "x"}, {"kind": "delivery", "record": "no number"}]
    await sealed.write(lambda c: c.execute(insert(log_queue), queued_rows) and None)
    await sealed.write(lambda c: sample.publish(c, sample.policy(), clock.now()))
    await seal_all(sealed)
    assert (await sealed.read(store.read_head)).size == 9
    assert (await verify_log(sealed)).missing == ["release main/77", "other x", "delivery no number"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # which takes any value in any column
@pytest.mark.parametrize("column", ["releases.published_at", "change_notices.created_at", "deliveries.code"])
async def test_a_value_of_another_type_is_reported(sealed: Database, column: str) -> None:
    await seal_all(sealed)
    table, _, name = column.partition(".")
    await attack(sealed, f"UPDATE {table} SET {name} = 'x'")
    assert not (await verify_log(sealed)).is_whole


async def test_a_change_notices_words_and_release_may_not_be_gone(sealed: Database) -> None:
    await seal_all(sealed)
    await attack(sealed, "DELETE FROM releases", "DELETE FROM consent_details", "DELETE FROM consents")
    assert "release 1 of main is missing" in (await verify_log(sealed)).faults


async def test_more_rows_than_a_query_takes_are_sealed_in_their_order(
    sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_tables, "KEYS_PER_QUERY", 7)
    monkeypatch.setattr("forecourt.consent.log.queued_records.PAGE_SIZE", 10)

    def deliver(connection: object, number: int) -> None:
        outbox._record_delivery(connection, f"key {number}", "accepted", 250, clock.now())  # type: ignore[arg-type] # the rest of a delivery does not matter here

    for number in range(60):
        await sealed.write(lambda c, number=number: deliver(c, number))  # type: ignore[misc] # mypy does not infer it
    while await sealed.write(lambda c: sealing.seal(c, KEY, 25)):
        pass
    names = select(log_leaves.c.record).where(log_leaves.c.kind == "delivery").order_by(log_leaves.c.position)
    assert list(await sealed.read(lambda c: c.execute(names).scalars().all())) == [str(each) for each in range(1, 62)]
    assert (await verify_log(sealed)).is_whole
