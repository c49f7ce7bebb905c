"""Two people write one note, and everything is where it belongs."""

from dataclasses import replace

from asgiref.sync import sync_to_async

from core.accounts.models import User
from notes.documents import EMPTY_UPDATE, text_of
from notes.models import Note, NoteClient, NoteUpdate, Origin
from notes.services import contents, notes
from realtime.closing import Close
from realtime.protocol import Verdict
from realtime.registry import Registry
from realtime.tests.conftest import Sit, Visit
from realtime.tests.hostile import block, string, update
from realtime.tests.writers import Writer

SEED = "Three segments are enough."


async def test_whoever_comes_reads_what_is_stored(sit: Sit, ben: User, cleo: User) -> None:
    assert (await sit(ben)).text == (await sit(cleo)).text == SEED


async def test_what_one_types_the_other_reads(sit: Sit, ada: User, ben: User) -> None:
    hers, his = await sit(ada), await sit(ben)
    await hers.types(" SYN")
    await his.reads(" SYN")
    await his.types(", SYN-ACK 😀")
    await hers.reads(", SYN-ACK 😀")
    assert hers.text == his.text == SEED + " SYN, SYN-ACK 😀"


async def test_two_who_type_at_once_end_with_one_text(sit: Sit, ada: User, ben: User) -> None:
    hers, his = await sit(ada), await sit(ben)
    for number in range(30):
        await hers.update(hers.writer.insert(0, f"<a{number}>"))
        await his.update(his.writer.insert(0, f"<b{number}>"))
    for typist in (hers, his):
        while (await typist.hears("stored"))[1] < 30:
            pass
    for typist in (hers, his):
        # What the other wrote is on its way before the answer to the first question.
        while await typist.check(typist.writer) != Verdict.EQUAL:
            pass
    assert hers.text == his.text
    for number in range(30):
        assert hers.text.count(f"<a{number}>") == hers.text.count(f"<b{number}>") == 1


async def test_rows_are_numbered_without_gaps_and_carry_author_and_door(
    sit: Sit, ada: User, ben: User, handshake: Note
) -> None:
    hers, his = await sit(ada), await sit(ben)
    for number in range(5):
        await hers.types(f"a{number}")
        await his.reads(f"a{number}")
        await his.types(f"b{number}")
        await hers.reads(f"b{number}")
    rows = [row async for row in NoteUpdate.objects.filter(note=handshake).order_by("seq")]
    assert [row.seq for row in rows] == list(range(1, 12))
    assert [row.author_id for row in rows[1:]] == [ada.pk, ben.pk] * 5
    assert {row.origin for row in rows[1:]} == {Origin.SOCKET}
    assert text_of(bytes(row.data) for row in rows) == hers.text
    await handshake.arefresh_from_db()
    assert handshake.seq == 11


async def test_client_ids_are_bound_to_who_wrote_with_them_first(
    sit: Sit, visit: Visit, ada: User, ben: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" hers")
    found = NoteClient.objects.filter(note=handshake, client_id=hers.writer.client_id)
    assert [row.user_id async for row in found] == [ada.pk]
    forger = await visit(ben)
    await forger.update(update(block(hers.writer.client_id, 5, string("forged"))))
    assert await forger.hears("refused") == ("refused", 1, "foreign-client")
    await hers.types("!")
    assert hers.text == SEED + " hers!"


async def test_a_page_that_is_loaded_anew_brings_what_it_wrote_offline(sit: Sit, ada: User, ben: User) -> None:
    hers = await sit(ada)
    await hers.leave()
    hers.writer.append(" Written offline.")
    later = Writer(1_900)
    later.hear(hers.writer.state)
    later.append(" And later.")
    reader = await sit(ben)
    back = await sit(ada, writer=later)
    await back.sends(later.lacks(reader.writer.state_vector))
    await reader.reads(SEED + " Written offline. And later.")


async def test_a_message_with_nothing_new_is_acknowledged_and_makes_no_row(
    sit: Sit, ada: User, handshake: Note
) -> None:
    hers = await sit(ada)
    await hers.types(" x")
    await hers.sends(EMPTY_UPDATE)
    await hers.sends(hers.writer.state)
    assert await NoteUpdate.objects.filter(note=handshake).acount() == 2


async def test_a_gap_is_asked_for_and_healed(sit: Sit, ada: User, ben: User) -> None:
    hers, his = await sit(ada), await sit(ben)
    hers.writer.append(" lost,")
    await hers.update(hers.writer.append(" found"))
    assert await hers.hears("resync") == ("resync", 1)
    (_, clocks) = await hers.hears("step 1")
    assert hers.writer.client_id not in clocks
    hers.sent = 1
    await hers.sends(hers.writer.lacks(his.writer.state_vector))
    await his.reads(" lost, found")


async def test_a_client_id_of_an_earlier_epoch_is_refused_and_the_connection_goes_on(
    sit: Sit, ada: User, ben: User, handshake: Note
) -> None:
    await NoteClient.objects.acreate(note=handshake, epoch=handshake.epoch - 1, client_id=77, user=ada)
    hers, his = await sit(ada), await sit(ben)
    await hers.update(update(block(77, 0, string("of another time"))))
    assert await hers.hears("refused") == ("refused", 1, "old-client")
    hers.sent = 1
    await hers.types(" Of now.")
    await his.reads(" Of now.")
    assert "another" not in his.text


async def test_a_note_is_never_longer_than_the_limit(
    sit: Sit, ada: User, ben: User, rooms: Registry, handshake: Note
) -> None:
    rooms.limits = replace(rooms.limits, note_units=100)
    hers, his = await sit(ada), await sit(ben)
    hers.sent += 1
    await hers.update(Writer(hers.writer.client_id).append("x" * 100))
    assert await hers.hears("refused") == ("refused", 1, "too-large")
    await hers.types(" Short.")
    await his.reads(" Short.")


async def test_an_empty_note_is_begun_by_whoever_types_first(sit: Sit, ada: User, ben: User, handshake: Note) -> None:
    empty = await sync_to_async(notes.create)(ada, notebook=handshake.notebook, title="Empty")
    hers, his = await sit(ada, empty), await sit(ben, empty)
    assert hers.text == ""
    await hers.types("Begun.")
    await his.reads("Begun.")
    assert await sync_to_async(contents.text_of)(empty) == "Begun."


async def test_equal_texts_are_found_equal_and_different_ones_different(sit: Sit, ada: User) -> None:
    hers = await sit(ada)
    await hers.types(" 😀 é")
    await hers.deletes(0, 3)
    assert await hers.check(hers.writer) == Verdict.EQUAL
    twin = Writer(1_950)
    twin.hear(hers.writer.state)
    twin.append("not sent")
    assert await hers.check(twin) == Verdict.NOT_NOW


async def test_a_stock_client_reads_and_writes(sit: Sit, ada: User, ben: User) -> None:
    stock, his = await sit(ada, stock=True), await sit(ben)
    await stock.update(stock.writer.append(" From outside."))
    await his.reads(" From outside.")
    await his.types(" Heard.")
    await stock.reads(" Heard.")
    assert stock.code is None


async def test_a_stock_client_whose_update_is_refused_is_closed(sit: Sit, visit: Visit, ada: User, ben: User) -> None:
    hers = await sit(ada)
    await hers.types(" hers")
    stock = await visit(ben, stock=True)
    await stock.update(update(block(hers.writer.client_id, 5, string("forged"))))
    assert await stock.closed() == Close.NOT_ALLOWED
