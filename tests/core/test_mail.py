"""Mail: the outbox, one address, one Message-ID, a real SMTP server at the other end."""

import email
import email.policy
import json
import socket
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as CollectingHandler
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import clock, jobs, mail
from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.core.mail import Attachment, Message, MessageState
from tests import factories
from tests.conftest import SITE, Installation

NOTE = """Bonjour {{ name }}, à mardi
Bonjour {{ name }},

Voici **votre** lien :

* une place
{% for thing in things | default([]) %}
* {{ thing }}
{% endfor %}

{{ site.name }}
"""


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for layout in ("layout.txt", "layout.html"):
        (tmp_path / layout).write_text((mail.TEMPLATES / layout).read_text())
    (tmp_path / "note.md").write_text(NOTE)
    monkeypatch.setattr(mail, "TEMPLATES", tmp_path)
    mail.environment.cache_clear()
    yield
    mail.environment.cache_clear()


class Catcher(CollectingHandler):
    """Keeps what it is handed; refuses while told to."""

    def __init__(self) -> None:
        super().__init__()
        self.caught: list[Any] = []
        self.answer = ""
        self.verdict = ""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer: str = self.verdict or await super().handle_DATA(server, session, envelope)
        return answer

    def handle_message(self, message: Any) -> None:
        self.caught.append(message)


@pytest.fixture
def smtp(installation: Installation) -> Iterator[Catcher]:
    catcher = Catcher()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    config = installation.app.config
    before = {key: config[key] for key in ("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "MAIL_FROM")}
    config.update(
        SMTP_HOST="127.0.0.1",
        SMTP_PORT=port,
        SMTP_TLS="none",
        MAIL_FROM="reseau@example.org",
    )
    yield catcher
    config.update(before)
    controller.stop()


def queue(session: Session, name: str = "Ana", **values: Any) -> Message:
    user = factories.user(session, name=name)
    message = mail.queue(session, "note", user, user.email, now=clock.now(), name=name, **values)
    assert message is not None
    session.commit()
    return message


def reload(session: Session, message: Message) -> Message:
    session.rollback()
    session.expire_all()
    return session.get_one(Message, message.id)


def test_text_and_html_say_the_same_and_hold_the_one_thing_to_do() -> None:
    title, text, html = mail.render("note", SITE, {"name": "Ana", "action": ("Ouvrir", "/lien/abc")})
    assert title == "Bonjour Ana, à mardi"
    assert "Ouvrir :\nhttp://127.0.0.1:8000/lien/abc" in text
    assert "Voici votre lien :" in text
    assert 'href="http://127.0.0.1:8000/lien/abc"' in html
    assert "<strong>votre</strong>" in html


@given(st.text(max_size=60))
def test_nobodys_name_becomes_markup_or_a_second_header(name: str) -> None:
    title = mail.unescape_markdown(mail.escape_markdown(name))
    assert "\n" not in title
    assert "\r" not in title
    html = str(mail.markdown(mail.escape_markdown(name)))
    assert "<a" not in html
    assert "<script" not in html


def test_a_name_full_of_markup_stays_words() -> None:
    _, text, html = mail.render("note", SITE, {"name": "<b>*Ana*</b> [x](http://evil.example)"})
    assert "<b>" not in html
    assert "href" not in html.split("<body")[1]
    assert "*Ana*" in text


def test_words_in_a_list_and_the_networks_own_name_stay_words_too() -> None:
    site = replace(SITE, name="*Réseau* [x](http://evil.example)")
    _, text, html = mail.render(
        "note", site, {"name": "Ana", "things": ["**a**", "[b](http://evil.example)"]}
    )
    assert "<em>" not in html
    assert 'href="http://evil.example"' not in html
    assert "**a**" in text
    assert "*Réseau* [x](http://evil.example)" in text


def test_a_row_is_no_word_of_a_mail(session: Session) -> None:
    with pytest.raises(TypeError, match="User"):
        mail.render("note", SITE, {"name": "Ana", "user": factories.user(session)})


@pytest.mark.parametrize(
    "name",
    [
        "Réseau\r\nBcc: x@example.org",
        "Été, hiver <x@example.org>",
        '"Guillemets" (Namur); é',
        "a@b.be é",
        "é" * 90,
    ],
)
def test_the_networks_name_makes_one_sender_and_no_header(session: Session, name: str) -> None:
    message = queue(session)
    message.sender_name = name
    parsed = email.message_from_bytes(
        mail.as_email(message, "reseau@example.org").as_bytes(), policy=email.policy.default
    )
    (sender,) = parsed["From"].addresses
    assert sender.addr_spec == "reseau@example.org"
    assert "é" in sender.display_name.lower()
    assert parsed["Bcc"] is None


@pytest.mark.parametrize(
    "reply_to", ["a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", "x"]
)
def test_an_address_for_answers_that_is_none_is_left_out(session: Session, reply_to: str) -> None:
    assert queue(session, reply_to=reply_to).reply_to == ""


def test_an_address_is_one_that_every_server_takes() -> None:
    assert mail.address("ana@exämple.be") == "ana@xn--exmple-cua.be"
    with pytest.raises(DomainError):
        mail.address("é@example.org")


@pytest.mark.parametrize("reply", ["554 rejected as spam", "552 too large"])
def test_a_content_that_is_refused_for_good_is_not_sent_again(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher, reply: str
) -> None:
    message = queue(session)
    smtp.verdict = reply
    run_jobs()
    assert reload(session, message).state == MessageState.FAILED


def test_a_mail_that_can_not_be_made_ends_as_a_visible_failure(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher
) -> None:
    message = queue(session)
    message.message_id = "<a\r\nb@example.org>"
    session.commit()
    run_jobs()
    row = reload(session, message)
    assert row.state == MessageState.FAILED
    assert row.error
    assert smtp.caught == []


@mail.maker("tests.paper")
def paper(facts: dict[str, Any]) -> Attachment:
    return Attachment("papier.txt", "text/plain", f"{facts['at']:%H:%M} {facts['who']}".encode())


def test_a_mail_is_written_when_it_leaves_and_says_what_was_true_when_it_was_noted(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    at = clock.now()
    message = queue(
        session, things=["une *place*", mail.Written("**deux**")],
        attachments=[mail.Later("tests.paper", {"at": at, "who": "Ana"})],
    )  # fmt: skip
    stored = session.execute(select(mail.Message.title, mail.Message.text, mail.Message.draft)).one()
    assert stored[:2] == ("", "")
    assert stored.draft is not None
    before = message.written()
    assert before.title == "Bonjour Ana, à mardi"
    assert "<li>une *place*</li>" in before.html
    assert "<strong>deux</strong>" in before.html
    assert b64decode(before.attachments[0]["content"]).decode() == f"{at:%H:%M} Ana"
    assert message.draft is not None, "looking changes nothing"

    assert run_jobs() == 1
    after = reload(session, message)
    assert after.draft is None
    assert after.written() == before
    assert session.execute(select(mail.Message.title, mail.Message.text)).one() == (before.title, before.text)


def test_a_mail_that_can_not_be_written_is_a_visible_failure(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    message = queue(session)
    (mail.TEMPLATES / "note.md").write_text("{{ forgotten }}\n")
    mail.environment.cache_clear()
    run_jobs()
    assert reload(session, message).state == MessageState.FAILED
    assert "forgotten" in message.error


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.text().map(mail.Written)
        | st.dates() | st.times() | st.datetimes(timezones=st.just(UTC)),
        st.lists,
    )
)  # fmt: skip
def test_what_is_noted_for_a_mail_comes_back_as_it_was(value: Any) -> None:
    back = mail.recalled(json.loads(json.dumps(mail.noted(value))))
    assert back == value
    assert type(back) is type(value)


def test_a_name_is_struck_out_of_a_mail_that_is_not_written_yet(session: Session) -> None:
    message = queue(session, name="Zoé Quatremots")
    mail.strike_out(message, "Zoé Quatremots")
    session.commit()
    stored = session.execute(select(Message.title, Message.text, Message.html, Message.draft)).one()
    assert "Quatremots" not in str(stored)
    assert stored.title == "Bonjour …, à mardi"


def test_the_same_mail_is_not_written_twice(session: Session) -> None:
    message = queue(session)
    user = session.get_one(type(factories.user(session)), message.subject_id)
    assert mail.queue(session, "note", user, user.email, now=clock.now(), name="Ana") is None
    assert mail.queue(session, "note", user, user.email, now=clock.now(), version="2", name="Ana")


@pytest.mark.parametrize(
    "address",
    ["", "ana", "a@b, c@d.be", "a@example.org\nBcc: x@example.org", "A <a@example.org>", "a@b;c@d.be"],
)
def test_an_address_is_exactly_one_address(address: str) -> None:
    with pytest.raises(DomainError):
        mail.address(address)


def test_without_a_server_the_mail_is_kept(session: Session, run_jobs: Callable[[], int]) -> None:
    message = queue(session)
    run_jobs()
    assert reload(session, message).state == MessageState.KEPT


def test_a_real_server_gets_the_mail_with_its_attachment_and_the_link_is_forgotten(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher
) -> None:
    secret = "a" * 43
    calendar = Attachment("jour.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\n")
    message = queue(session, action=("Ouvrir", f"/lien/{secret}"), attachments=[calendar])
    run_jobs()
    (caught,) = smtp.caught
    parsed = email.message_from_bytes(bytes(caught), policy=email.policy.default)
    assert parsed["Message-ID"] == message.message_id
    assert parsed["To"] == message.recipient
    assert secret in parsed.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (part,) = parsed.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    kept = reload(session, message)
    assert kept.state == MessageState.SENT
    assert secret not in kept.text + kept.html


def test_a_server_that_says_later_is_tried_again_with_the_same_message_id(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher
) -> None:
    message = queue(session)
    smtp.answer = "451 come back later"
    run_jobs()
    assert "451" in reload(session, message).error
    smtp.answer = ""
    session.execute(update(Job).values(run_at=clock.now()))
    session.commit()
    run_jobs()
    assert [caught["Message-ID"] for caught in smtp.caught] == [message.message_id]
    assert reload(session, message).state == MessageState.SENT


def test_a_refusal_for_good_is_shown_and_can_be_tried_again_by_hand(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher
) -> None:
    message = queue(session)
    smtp.answer = "550 no such person"
    run_jobs()
    row = reload(session, message)
    assert row.state == MessageState.FAILED
    smtp.answer = ""
    mail.resend(session, row, now=clock.now())
    session.commit()
    run_jobs()
    assert reload(session, message).state == MessageState.SENT


def test_a_server_that_is_down_for_good_ends_as_a_visible_failure(
    session: Session, run_jobs: Callable[[], int], smtp: Catcher
) -> None:
    message = queue(session)
    smtp.answer = "451 later"
    for _ in range(mail.ATTEMPTS):
        assert reload(session, message).state == MessageState.QUEUED
        session.execute(update(Job).values(run_at=clock.now()))
        session.commit()
        run_jobs()
    assert reload(session, message).state == MessageState.FAILED
    assert session.scalar(select(Job.state)) == jobs.JobState.FAILED


def test_a_server_may_be_away_for_half_a_day() -> None:
    """Greylisting takes minutes to an hour, a server's mending an evening (R4)."""
    waits = [jobs.FIRST_RETRY * 2**number for number in range(mail.ATTEMPTS - 1)]
    assert timedelta(hours=10) < sum(waits, timedelta()) < timedelta(days=1)
    assert jobs.PATIENCE["mail.deliver"] == mail.ATTEMPTS
