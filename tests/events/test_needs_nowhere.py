"""What somebody confided is nowhere but on the coordination's page of needs (G3).

Every page of days is asked for, in every role and by every link, as a page, as tables and as JSON; mails,
papers, the report and the history are read too.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from hub.accounts.models import Role
from hub.core import clock, settings, tokens
from hub.core.audit import AuditEntry
from hub.core.files import Store
from hub.core.mail import Message
from hub.core.web import Hub
from hub.events.models.days import Event, EventSession, SessionKind
from hub.events.models.outcomes import Source
from hub.events.models.registrations import DietOption, Registration
from hub.events.operations import catering, day_report, door, presence, sign_up
from hub.events.operations.paper_contents import Wanted, Wished, compose, read
from tests import factories
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

SECRETS = ("zzrégimezz", "zzbesoinzz", "zzlanguezz")
TOLD = {"diet": SECRETS[0], "access_needs": SECRETS[1], "languages": SECRETS[2], "consents": True}
LINKS = (
    door.PURPOSE, catering.PURPOSE,
    "events.group", "events.invitation", "events.reserved", "events.evaluation",
)  # fmt: skip
FORMATS = ("", "csv", "xlsx")
PRINTED = ("rapport.pdf", "traiteur.pdf", "/imprimer/")  # what goes into them is read below, unprinted
OWN = "/besoins"
LEAST_PAGES = {None: 8, Role.MEMBER: 8, Role.ADMINISTRATOR: 40, Role.COORDINATOR: 40}


@pytest.fixture
def event(session: Session, monkeypatch: pytest.MonkeyPatch) -> Event:
    """A day that has begun: two people told what they need, one of them is there."""
    made = plenary(session)
    diet = factories.add(session, DietOption(event_id=made.id, label="Sans lactose"))
    session.expire(made)
    rows = [
        sign_up.register(
            session, made, person(number), wishes(made, 0, number, diet_ids=(diet.id,), **TOLD), now=NOW
        ).registration
        for number in (1, 2)
    ]
    sign_up.change(session, rows[0], wishes(made, 2, 3, **TOLD), now=NOW + timedelta(minutes=1))
    half = EventSession(event=made, kind=SessionKind.HALF_DAY, starts_at=made.starts_at, ends_at=made.ends_at)
    factories.add(session, half)
    seen = presence.Note(half.id, rows[0].id, was_there=True, source=Source.SCAN, at=made.starts_at)
    presence.note(session, [seen], now=made.starts_at)
    catering.freeze(session, made, actor="test", now=NOW)
    monkeypatch.setattr(clock, "now", lambda: made.starts_at + timedelta(hours=1))
    session.commit()
    return made


def text_of(answer: Any) -> str:
    """Return all that an answer says, a workbook's sheets too."""
    if not answer.data.startswith(b"PK"):
        return str(answer.get_data(as_text=True)) if not answer.data.startswith(b"%PDF") else ""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def addresses(app: Hub, event: Event, number: int, raw: str | None) -> Iterator[str]:
    """Return the address of every page of days: of this day, of this person, by this link."""
    for rule in app.url_map.iter_rules():
        is_page = rule.endpoint.startswith("events.") and "GET" in (rule.methods or ())
        if is_page and ("token" in rule.arguments) == (raw is not None):
            yield _filled(rule, {"slug": event.slug, "token": raw}, number)


def _filled(rule: Rule, known: dict[str, Any], number: int) -> str:
    built = rule.build({name: known.get(name, number) for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


def told(client: FlaskClient, paths: Iterator[str]) -> tuple[list[str], int]:
    """Ask for pages in all their forms; return those that tell a secret, and how many pages there were."""
    leaks, pages = [], 0
    for path in paths:
        if any(part in path for part in PRINTED):
            continue
        for form in FORMATS:
            answer = client.get(f"{path}?format={form}" if form else path)
            pages += answer.status_code == 200 and not form
            if any(secret in text_of(answer) for secret in SECRETS):
                leaks.append(f"{path}?format={form}")
    return leaks, pages


@pytest.mark.parametrize("role", [None, *Role])
def test_no_page_tells_them_in_any_role(
    app: Hub,
    session: Session,
    client: FlaskClient,
    sign_in: Callable[..., Any],
    event: Event,
    role: Role | None,
) -> None:
    if role is not None:
        sign_in(client, factories.user(session, role=role))
    row = session.scalars(select(Registration.id)).first() or 0
    leaks, pages = told(client, addresses(app, event, row, None))
    assert leaks == []
    assert pages >= LEAST_PAGES.get(role, 0)
    shown = client.post(f"/journees/{event.slug}{OWN}")
    assert all(secret in shown.text for secret in SECRETS) == (role == Role.COORDINATOR)
    assert any(secret in shown.text for secret in SECRETS) == (role == Role.COORDINATOR)


@pytest.mark.parametrize("purpose", LINKS)
def test_no_link_tells_them(
    app: Hub, session: Session, client: FlaskClient, event: Event, purpose: str
) -> None:
    subject: Any = event
    if purpose == "events.evaluation":
        subject = session.scalars(select(Registration)).first()
    raw = tokens.issue(session, purpose, subject, now=clock.now(), until=clock.now() + timedelta(days=1))
    session.commit()
    leaks, pages = told(client, addresses(app, event, 1, raw))
    assert leaks == []
    if purpose in {door.PURPOSE, catering.PURPOSE}:
        assert pages


def test_the_door_answers_gestures_without_them(session: Session, client: FlaskClient, event: Event) -> None:
    row = session.scalars(select(Registration)).first()
    assert row is not None
    raw = tokens.issue(session, door.PURPOSE, event, now=clock.now(), until=clock.now() + timedelta(days=1))
    moment = event.sessions[0].id
    session.commit()
    fields = {"gesture": "arrive", "session": moment, "registration": row.id}
    answer = client.post(f"/accueil/{raw}", data=fields, headers={"X-Gesture": "1"})
    assert answer.status_code == 200
    assert not any(secret in answer.text for secret in SECRETS)


def test_mails_papers_report_and_history_do_not_hold_them(
    session: Session, event: Event, tmp_path: Path
) -> None:
    mails = session.scalars(select(Message)).all()
    assert len(mails) >= 3
    acts = session.scalars(select(AuditEntry)).all()
    assert len(acts) >= 3
    papers = compose(read(session, event, Store(tmp_path)), Wanted(kind=Wished.ALL))
    assert len(papers) >= 4
    report = day_report.compile_report(session, event, (), {}, network=settings.get(session), now=clock.now())
    read_all = [
        " ".join(str(getattr(one, column.key)) for column in Message.__table__.columns) for one in mails
    ]
    read_all += [f"{one.actor_label} {one.changes}" for one in acts]
    read_all += [repr(papers), repr(report), repr(catering.count(session, event))]
    for text in read_all:
        assert not any(secret in text for secret in SECRETS), text[:300]
