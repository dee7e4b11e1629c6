"""Minutes: in step with the meeting until they are sent, frozen in versions, never changed once approved."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import clock, mail
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, MeetingState
from hub.spaces.models.minutes import Approval, Minutes, MinutesReader, MinutesState, Remark, RemarkState
from hub.spaces.operations import followers, lifecycle, minutes_letters, notes, remarks
from hub.spaces.operations import minutes as operations
from hub.spaces.operations.minutes import Approving, Sending
from hub.spaces.operations.remarks import Author
from hub.spaces.queries import minutes as queries
from hub.spaces.values import differences
from hub.spaces.values.standing import Standing, of
from tests import factories
from tests.conftest import both_databases
from tests.spaces import papers as made

NOW = made.NOW
TODAY = NOW.date()
UNTIL = TODAY + timedelta(days=14)


def send(session: Session, meeting: Meeting, **values: Any) -> Any:
    sending = Sending(values.pop("until", UNTIL), values.pop("message", ""))
    return operations.send(session, meeting, sending, actor=None, now=values.pop("now", NOW))


def first_item(session: Session, meeting: Meeting) -> AgendaItem:
    return session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).limit(1)).one()


def rewrite(session: Session, item: AgendaItem, words: str, now: Any = NOW) -> None:
    operations.save_notes(session, item, words, base=item.notes_version, actor=None, now=now)


def later(session: Session, meeting: Meeting, **values: Any) -> Meeting:
    starts = meeting.starts_at + timedelta(days=7)
    return made.meeting(
        session, meeting.space, title="Réunion suivante", starts_at=starts,
        ends_at=starts + timedelta(hours=2), held_at=None, state=MeetingState.PLANNED, **values,
    )  # fmt: skip


def approved(session: Session, meeting: Meeting) -> Minutes:
    send(session, meeting)
    at = later(session, meeting)
    how = Approving(Approval.MEETING, at.id)
    return operations.approve(session, meeting, how, actor=None, now=NOW)


# --- The draft ------------------------------------------------------------------------------------


def test_a_draft_is_in_step_with_the_meeting_until_it_is_sent(session: Session) -> None:
    meeting = made.whole(session)
    item = first_item(session, meeting)
    rewrite(session, item, "Texte neuf.")
    before = operations.document(session, meeting, None)
    assert before.text.passages[0].notes == "Texte neuf."
    assert before.text.passages[0].decisions[0].code.startswith("D-2026-")
    assert before.text.passages[0].tasks[0].due == "1er juin 2026"
    assert [party.organisation for party in before.text.present] == ["La Ruche"]
    assert [party.people for party in before.text.excused] == [("Пётр Пример",)]
    send(session, meeting)
    rewrite(session, item, "Changé ensuite.")
    sent = operations.document(session, meeting, operations.of(session, meeting))
    assert sent.text.passages[0].notes == "Texte neuf."
    assert sent.standing == "Projet, version 1, envoyé le 10 mars 2026. Remarques jusqu’au 24 mars 2026."


def test_two_who_frame_at_once_lose_nothing(session: Session) -> None:
    meeting = made.whole(session)
    assert operations.save_frame(session, meeting, "Un", "", base=0, actor=None, now=NOW)
    assert not operations.save_frame(session, meeting, "Deux", "", base=0, actor=None, now=NOW)
    row = operations.of(session, meeting)
    assert row is not None
    assert (row.introduction, row.edition) == ("Un", 1)
    assert operations.save_frame(session, meeting, "Deux", "", base=1, actor=None, now=NOW)


def test_gaps_name_conflicts_silent_points_and_unknown_presence(session: Session) -> None:
    meeting = made.whole(session)
    item = first_item(session, meeting)
    found = operations.gaps(session, meeting)
    assert [one.title for one in found.silent] == ["Divers"]
    assert not found.conflicts
    assert not found.no_presence
    notes.save(session, item, "Autre texte", base=0, actor=None, now=NOW)
    assert [one.id for one in operations.gaps(session, meeting).conflicts] == [item.id]
    empty = made.meeting(session, made.space(session, "Vide"))
    assert operations.gaps(session, empty).no_presence


# --- Sending --------------------------------------------------------------------------------------


def test_each_reader_gets_one_mail_with_pdf_and_link(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    version = send(session, meeting, message="Merci de relire.")
    session.commit()
    run_jobs()
    session.expire_all()
    mails = session.scalars(select(Message).where(Message.kind == "spaces.minutes_sent")).all()
    assert sorted(row.recipient for row in mails) == ["ana@example.org", "piotr@example.org"]
    assert all(row.attachments[0]["type"] == "application/pdf" for row in mails)
    assert all("/reunion/" in row.text and "Merci de relire." in row.text for row in mails)
    assert "mardi 24 mars 2026" in mails[0].title
    assert session.get_one(type(version), version.id).file is not None


def test_who_speaks_for_two_gets_one_mail_and_a_bad_address_stops_nobody(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    meeting = made.whole(session)
    for name, email in (("Encore Ana", "ANA@example.org"), ("Sans adresse", "pas une adresse")):
        made.attendance(session, meeting, name, factories.organisation(session), email=email)
    send(session, meeting)
    session.commit()
    run_jobs()
    told = session.scalars(select(Message.recipient).where(Message.kind == "spaces.minutes_sent")).all()
    assert sorted(map(str.lower, told)) == ["ana@example.org", "piotr@example.org"]


def mandate_of(session: Session, address: str) -> Mandate:
    return session.scalars(select(Mandate).join(Mandate.person).where(Person.email == address)).one()


def test_a_mandate_that_ended_brings_no_later_version_and_no_approved_text(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    session.commit()
    run_jobs()
    session.expire_all()
    mandate_of(session, "piotr@example.org").ends_on = clock.today(NOW) - timedelta(days=1)
    found = operations.recipients(session, meeting, now=NOW)
    assert [one.email for one in found] == ["ana@example.org"]
    how = Approving(Approval.MEETING, later(session, meeting).id)
    operations.approve(session, meeting, how, actor=None, now=NOW)
    session.commit()
    run_jobs()
    told = session.scalars(select(Message.recipient).where(Message.kind == "spaces.minutes_approved")).all()
    assert told == ["ana@example.org"]


def test_the_last_minutes_of_a_space_that_closed_reach_who_was_there(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    meeting = made.whole(session)
    mandate_of(session, "piotr@example.org").withdrawn_at = NOW
    day = clock.today(meeting.starts_at)
    lifecycle.close(session, meeting.space, last_day=day, reason="Le but est atteint.", actor=None, now=NOW)
    send(session, meeting)
    session.commit()
    run_jobs()
    told = session.scalars(select(Message).where(Message.kind == "spaces.minutes_sent")).all()
    assert [row.recipient for row in told] == ["ana@example.org"]


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_last_day_past_or_far_is_refused(session: Session, days: int) -> None:
    with pytest.raises(DomainError) as refused:
        send(session, made.whole(session), until=TODAY + timedelta(days=days))
    assert refused.value.field == "remarks_until"


def test_what_can_t_be_sent_says_why(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    with pytest.raises(DomainError, match="n’a pas changé depuis la version 1"):
        send(session, meeting)
    nobody = made.meeting(session, made.space(session, "Vide"))
    with pytest.raises(DomainError, match="Personne n’a d’adresse"):
        send(session, nobody)
    planned = made.meeting(session, made.space(session, "Prévu"), state=MeetingState.PLANNED, held_at=None)
    with pytest.raises(DomainError, match="pas encore close"):
        send(session, planned)
    rewrite(session, first_item(session, meeting), "> " * 40 + "trop")
    with pytest.raises(DomainError, match="Point 1, « Relevé des refus »"):
        send(session, meeting)


def test_a_second_version_shows_what_changed(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    first = send(session, meeting)
    rewrite(session, first_item(session, meeting), "On refuse rarement 🙂 à la location.")
    second = send(session, meeting)
    assert (first.number, second.number) == (1, 2)
    parts = differences.between(operations.sent_text(first), operations.sent_text(second))
    assert [part.title for part in parts] == ["1. Relevé des refus"]
    pieces = {piece.kind.value: piece.text.strip() for piece in parts[0].pieces if piece.kind.value != "same"}
    assert pieces == {"removed": "souvent", "added": "rarement"}
    session.commit()
    run_jobs()
    mails = session.scalars(select(Message).where(Message.kind == "spaces.minutes_sent"))
    titles = [each.title for each in mails]
    # The first version's job ran when the second was out: each reader is told of the last one only.
    assert len(titles) == 2
    assert all("version 2" in title for title in titles)


# --- Remarks --------------------------------------------------------------------------------------


def author(session: Session, meeting: Meeting) -> Author:
    row = session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id).limit(1)).one()
    return Author(row.name, person_id=row.person_id, attendance_id=row.id)


def test_a_remark_comes_until_the_end_of_the_last_day(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    by = author(session, meeting)
    last_minute = clock.end_of_day(UNTIL) - timedelta(minutes=1)
    remarks.add(session, row, "Il manque un nom.", by=by, now=last_minute)
    with pytest.raises(DomainError, match="Écrivez à la coordination"):
        remarks.add(session, row, "Trop tard.", by=by, now=clock.end_of_day(UNTIL))


@pytest.mark.parametrize(
    ("words", "key", "field"), [(" ", "", "text"), ("x" * 5001, "", "text"), ("Bon", "999999", "point")]
)
def test_a_bad_remark_is_refused_beside_its_field(session: Session, words: str, key: str, field: str) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    with pytest.raises(DomainError) as refused:
        remarks.add(session, row, words, by=author(session, meeting), item_key=key, now=NOW)
    assert refused.value.field == field


def test_the_author_is_told_what_became_of_a_remark(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    remark = remarks.add(session, row, "Il manque un nom.", by=author(session, meeting), now=NOW)
    with pytest.raises(DomainError, match="Dites pourquoi"):
        remarks.answer(session, remark, RemarkState.DECLINED, " ", actor=None, now=NOW)
    remarks.answer(session, remark, RemarkState.TAKEN_UP, "Merci.", actor=None, now=NOW)
    sent = session.scalars(select(Message).where(Message.kind == "spaces.minutes_answered")).one()
    assert sent.recipient == "ana@example.org"
    assert "Merci." in sent.text
    assert "reprise" in sent.title


def test_thirty_remarks_that_wait_are_enough(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    by = author(session, meeting)
    for number in range(remarks.MOST_OPEN):
        remarks.add(session, row, f"Remarque {number}", by=by, now=NOW)
    with pytest.raises(DomainError, match="déjà 30"):
        remarks.add(session, row, "Encore une", by=by, now=NOW)


# --- Approving ------------------------------------------------------------------------------------


def test_silence_approves_only_once_the_last_day_is_over(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    how = Approving(Approval.SILENCE)
    with pytest.raises(DomainError, match="jusqu’au 24 mars 2026"):
        operations.approve(session, meeting, how, actor=None, now=NOW)
    row = operations.approve(session, meeting, how, actor=None, now=NOW + timedelta(days=15))
    assert row.is_approved
    assert operations.approval_in_words(row).startswith("Approuvé le 25 mars 2026, sans objection")


def test_a_remark_that_waits_holds_the_approval_back(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    remark = remarks.add(session, row, "Attendez.", by=author(session, meeting), now=NOW)
    how = Approving(Approval.MEETING, later(session, meeting).id)
    with pytest.raises(DomainError, match="il en reste 1"):
        operations.approve(session, meeting, how, actor=None, now=NOW)
    remarks.answer(session, remark, RemarkState.DECLINED, "Non.", actor=None, now=NOW)
    assert operations.approve(session, meeting, how, actor=None, now=NOW).is_approved


def test_only_a_later_meeting_of_the_space_that_has_begun_approves(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    elsewhere = later(session, made.meeting(session, made.space(session, "Ailleurs")))
    coming = later(session, meeting)
    coming.starts_at, coming.ends_at = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1)
    off = later(session, meeting)
    off.state = MeetingState.CANCELLED
    session.flush()
    for number in (None, meeting.id, elsewhere.id, coming.id, off.id):
        how = Approving(Approval.MEETING, number)
        with pytest.raises(DomainError) as refused:
            operations.approve(session, meeting, how, actor=None, now=NOW)
        assert refused.value.field == "meeting"


def test_a_meeting_may_approve_with_its_corrections(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    rewrite(session, first_item(session, meeting), "Corrigé en séance.")
    at = later(session, meeting)
    row = operations.approve(
        session, meeting, Approving(Approval.MEETING, at.id, corrected=True), actor=None, now=NOW
    )
    assert len(row.versions) == 2
    assert operations.document(session, meeting, row).text.passages[0].notes == "Corrigé en séance."


def test_without_them_it_approves_what_was_sent(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    rewrite(session, first_item(session, meeting), "Pas encore vu.")
    at = later(session, meeting)
    row = operations.approve(session, meeting, Approving(Approval.MEETING, at.id), actor=None, now=NOW)
    assert len(row.versions) == 1
    assert "souvent" in operations.document(session, meeting, row).text.passages[0].notes


def test_readers_and_followers_hear_of_the_approval(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    meeting.space.is_announced = True
    follower = factories.user(session, email="suit@example.org")
    followers.follow(session, meeting.space, follower, now=NOW)
    approved(session, meeting)
    session.commit()
    run_jobs()
    session.expire_all()
    told = session.scalars(select(Message).where(Message.kind == "spaces.minutes_approved")).all()
    assert len(told) == 2
    assert all(row.attachments for row in told)
    heard = session.scalars(select(Message).where(Message.kind == "spaces.minutes_followed")).one()
    assert heard.recipient == "suit@example.org"
    assert not heard.attachments
    assert "refuse" not in heard.text
    row: Any = operations.of(session, meeting)
    assert row.file is not None
    assert session.scalar(select(mail.Message.id).where(mail.Message.state == "failed")) is None


def test_a_space_that_announces_nothing_any_more_tells_its_followers_nothing(session: Session) -> None:
    meeting = made.whole(session)
    meeting.space.is_announced = True
    followers.follow(session, meeting.space, factories.user(session), now=NOW)
    row = approved(session, meeting)
    meeting.space.is_announced = False
    assert minutes_letters.tell_followers(session, row, now=NOW) == 0
    meeting.space.is_announced = True
    assert minutes_letters.tell_followers(session, row, now=NOW) == 1


def test_an_erratum_is_numbered_told_and_printed(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    with pytest.raises(DomainError, match="n’est pas approuvé"):
        operations.add_erratum(session, meeting, "Lire trente.", actor=None, now=NOW)
    approved(session, meeting)
    key = str(first_item(session, meeting).id)
    one = operations.add_erratum(session, meeting, "Lire « trente ».", item_key=key, actor=None, now=NOW)
    two = operations.add_erratum(session, meeting, "Lire « mai ».", actor=None, now=NOW)
    assert (one.number, one.about, two.number, two.about) == (
        1, "point 1, Relevé des refus", 2, "l’ensemble",
    )  # fmt: skip
    for words, wrong in ((" ", ""), ("x" * 5001, ""), ("Bon", "77")):
        with pytest.raises(DomainError):
            operations.add_erratum(session, meeting, words, item_key=wrong, actor=None, now=NOW)
    session.commit()
    run_jobs()
    told = session.scalars(select(Message).where(Message.kind == "spaces.minutes_erratum")).all()
    assert len(told) == 4
    paper = operations.document(session, meeting, operations.of(session, meeting))
    assert [erratum.text for erratum in paper.errata] == ["Lire « trente ».", "Lire « mai »."]


# --- What never changes ---------------------------------------------------------------------------

STATEMENTS = (
    "UPDATE minutes SET introduction = 'x'",
    "UPDATE minutes SET closing = 'x'",
    "UPDATE minutes SET state = 'sent', approval = NULL, approved_on = NULL, approved_at_id = NULL",
    "UPDATE minutes SET approved_by = 'x'",
    "UPDATE minutes SET file_id = NULL",
    "DELETE FROM minutes",
    "UPDATE minutes_version SET content = '{}'",
    "UPDATE minutes_version SET message = 'x'",
    "UPDATE minutes_version SET file_id = NULL",
    "DELETE FROM minutes_version",
    (
        "INSERT INTO minutes_version (minutes_id, number, content, message, remarks_until, sent_at, sent_by)"
        " SELECT minutes_id, 99, content, message, remarks_until, sent_at, sent_by FROM minutes_version"
    ),
    "UPDATE erratum SET text = 'x'",
    "DELETE FROM erratum",
    "UPDATE agenda_item SET notes = 'x'",
    "UPDATE agenda_item SET title = 'x'",
    "DELETE FROM agenda_item",
    "UPDATE decision SET text = 'x'",
    "UPDATE decision SET method = 'vote'",
    "DELETE FROM decision",
    "UPDATE attendance SET presence = 'absent'",
)


@both_databases
def test_sql_itself_can_t_change_what_was_approved(session: Session, run_jobs: Callable[[], int]) -> None:
    meeting = made.whole(session)
    approved(session, meeting)
    operations.add_erratum(session, meeting, "Lire « trente ».", actor=None, now=NOW)
    session.commit()
    run_jobs()
    for statement in STATEMENTS:
        with pytest.raises(IntegrityError):
            session.execute(text(statement))
        session.rollback()


@both_databases
def test_what_is_not_approved_still_changes(session: Session) -> None:
    """The control: the same statements on minutes that are only sent."""
    meeting = made.whole(session)
    send(session, meeting)
    session.commit()
    for statement in (
        "UPDATE minutes SET introduction = 'x'",
        "UPDATE agenda_item SET notes = 'x'",
        "UPDATE decision SET text = 'x'",
        "UPDATE attendance SET presence = 'absent', represented_by_id = NULL",
    ):
        session.execute(text(statement))
    with pytest.raises(IntegrityError):  # an erratum comes only after approval
        session.execute(
            text(
                "INSERT INTO erratum (minutes_id, number, about, text, dated, by_name, created_at)"
                " SELECT id, 1, 'x', 'x', '2026-03-10', '', created_at FROM minutes"
            )
        )


def test_operations_refuse_what_the_database_would(session: Session) -> None:
    meeting = made.whole(session)
    approved(session, meeting)
    assert session.scalar(queries.is_approved(meeting.id)) is not None
    item = first_item(session, meeting)
    for gesture in (
        lambda: rewrite(session, item, "Autre."),
        lambda: operations.save_frame(session, meeting, "x", "", base=0, actor=None, now=NOW),
        lambda: send(session, meeting),
        lambda: operations.approve(session, meeting, Approving(Approval.SILENCE), actor=None, now=NOW),
    ):
        with pytest.raises(DomainError, match="ne change plus"):
            gesture()


def test_remarks_and_readers_are_forgotten_a_year_after_approval(session: Session) -> None:
    meeting = made.whole(session)
    send(session, meeting)
    row: Any = operations.of(session, meeting)
    remark = remarks.add(session, row, "Bien.", by=author(session, meeting), now=NOW)
    remarks.answer(session, remark, RemarkState.TAKEN_UP, "", actor=None, now=NOW)
    operations.approve(
        session, meeting, Approving(Approval.MEETING, later(session, meeting).id), actor=None, now=NOW
    )
    operations.forget(session, now=NOW + timedelta(days=360))
    assert session.scalars(select(Remark)).all()
    operations.forget(session, now=NOW + timedelta(days=370))
    assert session.scalars(select(Remark)).all() == []
    assert session.scalars(select(MinutesReader)).all() == []
    assert row.versions


def test_standing_is_said_the_same_by_value_and_by_query(session: Session) -> None:
    meeting = made.whole(session)
    user = factories.coordinator(session)

    def found(day: date) -> set[Standing]:
        return {
            one
            for one in Standing
            if session.scalars(queries.listed(user, day, everything=True, standing=one)).all()
        }

    assert found(TODAY) == {of(None, TODAY)} == {Standing.NOT_SENT}
    send(session, meeting)
    row = operations.of(session, meeting)
    for day in (TODAY, UNTIL, UNTIL + timedelta(days=1)):
        assert found(day) == {of(row, day)}
    at = later(session, meeting)
    operations.approve(session, meeting, Approving(Approval.MEETING, at.id), actor=None, now=NOW)
    assert found(TODAY) == {of(row, TODAY)} == {Standing.APPROVED}
    assert row is not None
    assert row.state is MinutesState.APPROVED
