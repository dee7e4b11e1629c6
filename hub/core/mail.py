"""Mail as an outbox: a message is a row of the transaction that needs it, a job delivers it.

A mail's template, `templates/mail/<kind>.md`, is Markdown whose first line is the subject; text and HTML
are made from the same words, so they say the same. The transaction only notes these words, as they are
then; what is sent is made of them when it leaves, or earlier where somebody looks at it. Without an SMTP
server messages are kept and shown in the application.
"""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formataddr, make_msgid
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from sqlalchemy import JSON, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core import clock, i18n, jobs
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_, DomainError
from hub.core.text import markdown, truncate

TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "mail"
TIMEOUT_SECONDS = 30
ATTEMPTS = 12  # over eleven hours: a server's greylisting or mending (R4)
PERMANENT = 500  # RFC 5321: replies from 500 on are final
NO_NAME = re.compile(r'[\s<>"@,;:\\()\[\]]+')  # what would end a display name in a header
PLAIN = (bool, int, float, date, time)  # datetime is a date
# The narrower kind first: a datetime is a date.
MOMENTS: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
UNWRITTEN = N_("Ce mail n’a pas pu être écrit.")
SECRET = re.compile(r"(/[a-z-]+/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


class Written(str):
    """Markdown that the team itself wrote: it stands in a mail as it is, not escaped."""

    __slots__ = ()


class UndeliveredError(Exception):
    """A mail did not leave this time: what kind of trouble it was, with the server's number, no address."""

    def __init__(self, problem: Exception) -> None:
        if isinstance(problem, smtplib.SMTPRecipientsRefused):
            numbers: set[int | None] = {code for code, _ in problem.recipients.values()}
        else:
            numbers = {getattr(problem, "smtp_code", None), getattr(problem, "errno", None)}
        told = sorted(str(number) for number in numbers if number is not None)
        super().__init__(" ".join([type(problem).__name__, *told]))


class MessageState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"  # no SMTP server: shown on a page instead
    FAILED = "failed"


class Message(Base):
    """One mail to one address; unique per thing, kind and version, so that nothing is sent twice."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("subject_type", "subject_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    version: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    # What it says, once it is written; until then the words of which it will be made.
    _title: Mapped[str] = mapped_column("title", String(250), default="")
    _text: Mapped[str] = mapped_column("text", Text, default="")
    _html: Mapped[str] = mapped_column("html", Text, default="")
    _attachments: Mapped[list[dict[str, Any]]] = mapped_column("attachments", JSON, default=list)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    unsubscribe: Mapped[str] = mapped_column(String(500), default="", server_default="")  # an address
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[MessageState] = mapped_column(
        choice(MessageState, "message_state"), default=MessageState.QUEUED
    )
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def written(self) -> "Contents":
        """Return what the mail says; the row stays as it is."""
        if self.draft is None:
            return Contents(self._title, self._text, self._html, self._attachments)
        made: Contents | None = self.__dict__.get("made")
        if made is None:
            made = self.__dict__["made"] = _written(self.draft, self._attachments)
        return made

    def write_out(self, contents: "Contents | None" = None) -> None:
        """Keep what the mail says instead of the words it was made of; `contents`, if it is known."""
        if self.draft is None:
            return
        contents = contents or self.written()
        self.draft = None
        self._title, self._text, self._html = contents.title, contents.text, contents.html
        self._attachments = contents.attachments

    @hybrid_property
    def title(self) -> str:
        """The subject."""
        return self.written().title

    @title.inplace.setter
    def _set_title(self, value: str) -> None:
        self.write_out()
        self._title = value

    @title.inplace.expression
    @classmethod
    def _title_column(cls) -> Any:
        return cls._title

    @hybrid_property
    def text(self) -> str:
        """The plain text."""
        return self.written().text

    @text.inplace.setter
    def _set_text(self, value: str) -> None:
        self.write_out()
        self._text = value

    @text.inplace.expression
    @classmethod
    def _text_column(cls) -> Any:
        return cls._text

    @hybrid_property
    def html(self) -> str:
        """The same as HTML."""
        return self.written().html

    @html.inplace.setter
    def _set_html(self, value: str) -> None:
        self.write_out()
        self._html = value

    @html.inplace.expression
    @classmethod
    def _html_column(cls) -> Any:
        return cls._html

    @hybrid_property
    def attachments(self) -> list[dict[str, str]]:
        """The files that go with it: name, type, content in Base64."""
        return self.written().attachments

    @attachments.inplace.expression
    @classmethod
    def _attachments_column(cls) -> Any:
        return cls._attachments


@dataclass(frozen=True)
class Contents:
    """What a mail says."""

    title: str
    text: str
    html: str
    attachments: list[dict[str, str]]


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; `media_type` may carry parameters (text/calendar; method=REQUEST)."""

    name: str
    media_type: str
    content: bytes

    def noted(self) -> dict[str, Any]:
        """Return it as a message's row holds it."""
        content = base64.b64encode(self.content).decode()
        return {"name": self.name, "type": self.media_type, "content": content}


@dataclass(frozen=True)
class Later:
    """A file that is made of some facts when the mail is written, by the `maker` of that name."""

    maker: str
    facts: dict[str, Any]

    def noted(self) -> dict[str, Any]:
        """Return it as a message's row holds it."""
        return {"maker": self.maker, "facts": noted(self.facts)}


Maker = Callable[[dict[str, Any]], Attachment]
MAKERS: dict[str, Maker] = {}


def maker(name: str) -> Callable[[Maker], Maker]:
    """Register the function that makes attachments of that name: the same facts give the same file."""

    def register(function: Maker) -> Maker:
        MAKERS[name] = function
        return function

    return register


@dataclass(frozen=True)
class Site:
    """What every mail says of the network; the application puts it into `session.info["site"]`."""

    base_url: str
    name: str
    sender: str
    language: str = "fr"


def site(session: Session) -> Site:
    """Return the network's own words, as the application set them for this session."""
    found = session.info["site"]
    answer: Site = found() if callable(found) else found
    return answer


def address(text: str, *, field: str = "email") -> str:
    """Return one clean address. Raises DomainError for none, several, or one that can't exist (S7)."""
    candidate = text.strip()
    if any(sign in candidate for sign in "\r\n,;<>"):
        raise DomainError(N_("Écrivez une seule adresse, par exemple prenom@association.be."), field=field)
    try:
        found = validate_email(candidate, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise DomainError(
            N_("Cette adresse ne semble pas complète. Exemple : prenom@association.be."), field=field
        ) from problem
    # Not every server takes letters with accents, in a domain neither.
    return found.ascii_email or found.normalized


def _address_for_answers(text: str) -> str:
    """Return a clean address, or "": a wrong one must not keep the mail from leaving."""
    try:
        return address(text)
    except DomainError:
        return ""


def queue(
    session: Session,
    kind: str,
    subject: Base,
    to: str,
    *,
    now: datetime,
    version: str = "1",
    attachments: Sequence[Attachment | Later] = (),
    reply_to: str = "",
    unsubscribe: str = "",
    template: str = "",
    **context: Any,
) -> Message | None:
    """Note a mail as `note` does, and return its row; None if the same mail is there already."""
    number = note(
        session, kind, subject, to, now=now, version=version, attachments=attachments, reply_to=reply_to,
        unsubscribe=unsubscribe, template=template, **context,
    )  # fmt: skip
    return session.get_one(Message, number) if number is not None else None


def note(
    session: Session,
    kind: str,
    subject: Base,
    to: str,
    *,
    now: datetime,
    version: str = "1",
    attachments: Sequence[Attachment | Later] = (),
    reply_to: str = "",
    unsubscribe: str = "",
    template: str = "",
    **context: Any,
) -> int | None:
    """Note a mail of that kind about a flushed row, and the job that writes and delivers it.

    `unsubscribe`: path of the page where its reader stops such mails; mail programs offer it (RFC 2369).
    `template`: another than the kind's own.
    `context` may hold `action` = (label, path or address): the one thing to do; else words, figures, dates
    and lists of them. The mail says what they are now, whatever changes until it leaves. Returns the number
    of its row, or None if the same mail (thing, kind, version) is there already. Raises TypeError for a word
    that no mail can tell.
    """
    here = site(session)
    host = urlsplit(here.base_url).hostname or "localhost"
    session.flush()
    number: int | None = session.scalar(
        _insert_once(session.get_bind().dialect.name),
        {
            "kind": kind,
            "subject_type": subject.__tablename__,
            "subject_id": subject.id,  # type: ignore[attr-defined]
            "version": version,
            "recipient": address(to),
            "reply_to": _address_for_answers(reply_to),
            "sender_name": here.name,
            "attachments": [each.noted() for each in attachments],
            "draft": {
                "template": template or kind,
                "site": {"base_url": here.base_url, "name": here.name, "language": here.language},
                "context": noted(context),
            },
            "unsubscribe": absolute(here.base_url, unsubscribe) if unsubscribe else "",
            "message_id": make_msgid(domain=host),
            "created_at": now,
        },
    )
    if number is not None:
        jobs.plan(session, "mail.deliver", now=now, message=number)
    return number


@cache
def _insert_once(dialect: str) -> Any:
    """Return what inserts a message unless it is there, and tells its number if it was not."""
    table = cast("Table", Message.__table__)
    statement = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table)
    return statement.on_conflict_do_nothing().returning(table.c.id)


def noted(value: Any) -> Any:
    """Return words, figures and dates, and lists of them, as JSON holds them; `recalled` undoes it.

    Raises TypeError for a row or any other thing.
    """
    if isinstance(value, Written):
        return {"written": str(value)}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [noted(part) for part in value]
    if isinstance(value, dict):
        return {"facts": {name: noted(part) for name, part in value.items()}}
    for name, kind in MOMENTS.items():
        if isinstance(value, kind):
            return {name: value.isoformat()}
    raise TypeError(f"a mail tells words, figures and dates, not {type(value).__name__}")


def recalled(value: Any) -> Any:
    """Return what `noted` was given; tuples come back as lists."""
    if isinstance(value, list):
        return [recalled(part) for part in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "facts":
        return {name: recalled(part) for name, part in content.items()}
    return Written(content) if kind == "written" else MOMENTS[kind].fromisoformat(content)


def _written(draft: dict[str, Any], attachments: list[dict[str, Any]]) -> Contents:
    """Write a mail of what was noted for it."""
    here = Site(sender="", **draft["site"])
    files = [
        MAKERS[each["maker"]](recalled(each["facts"])).noted() if "maker" in each else each
        for each in attachments
    ]
    return Contents(*render(draft["template"], here, recalled(draft["context"])), files)


def absolute(base_url: str, path: str) -> str:
    """Return the full address of a path of the application."""
    return path if path.startswith(("https://", "http://")) else f"{base_url}{path}"


@cache
def environment(language: str) -> Environment:
    """Return the Jinja environment of mails: a variable that is missing is an error, not a hole.

    It is made once a language: compiling the templates takes longer than all the rest of a sign-up.
    """
    made = Environment(  # noqa: S701 - Markdown, escaped by the Markdown parser afterwards
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        date=lambda value: i18n.format_date(value, language),
        datetime=lambda value: i18n.format_datetime(value, language),
        time=lambda value: i18n.format_time(value, language),
        truncate=truncate,
    )
    made.globals["range_of"] = lambda start, end: i18n.format_range(start, end, language)
    return made


def escape_markdown(value: object) -> str:
    """Return a person's words so that Markdown leaves them alone and they stay on one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(str(value).split()))


def escaped(value: Any) -> Any:
    """Return what a template may use, its words escaped. Raises TypeError for a row or any other thing."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, str):
        return escape_markdown(value)
    if isinstance(value, list | tuple):
        return [escaped(part) for part in value]
    if value is None or isinstance(value, PLAIN):
        return value
    raise TypeError(f"a mail tells words, figures and dates, not {type(value).__name__}")


def render(kind: str, here: Site, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML of a mail. Plain text and HTML hold the same words."""
    jinja = environment(here.language)
    action = context.get("action")
    label = i18n.translations(here.language).gettext(action[0]) if action else ""
    link = (label, absolute(here.base_url, action[1])) if action else None
    words = {name: escaped(value) for name, value in context.items() if name != "action"}
    source = jinja.get_template(f"{kind}.md").render(
        **words, action=link, site=replace(here, name=escape_markdown(here.name)), base_url=here.base_url
    )
    first, _, body = source.partition("\n")
    title = unescape_markdown(" ".join(first.removeprefix("#").split()))[:250]
    text = jinja.get_template("layout.txt").render(body=as_text(body.strip()), action=link, site=here)
    html = jinja.get_template("layout.html").render(
        body=markdown(body.strip()), action=link, site=here, title=title
    )
    return title, text.strip() + "\n", html


def unescape_markdown(text: str) -> str:
    """Undo `escape_markdown`."""
    return re.sub(r"\\([\\`*_\[\]<>#|])", r"\1", text)


def as_text(source: str) -> str:
    """Return Markdown as plain text that reads well."""
    plain = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 : \2", source)
    plain = re.sub(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", r"\1", plain)
    plain = re.sub(r"^#+ +", "", plain, flags=re.MULTILINE)
    plain = re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", plain)
    return unescape_markdown(plain)


class WholeHeader(UnstructuredHeader):
    """A header that stays on one line: folded, a long address is encoded, and mail programs can't read it."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", WholeHeader)  # type: ignore[arg-type]
POLICY = SMTP.clone(header_factory=HEADERS)


def as_email(message: Message, sender: str) -> EmailMessage:
    """Return the message as RFC 5322 has it; the same Message-ID at each try (R4)."""
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = message.title
    mail["From"] = formataddr((NO_NAME.sub(" ", message.sender_name).strip(), sender))
    mail["To"] = message.recipient
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
    mail["Date"] = message.created_at
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for part in message.attachments:
        kind, *parameters = [piece.strip() for piece in part["type"].split(";")]
        main, _, sub = kind.partition("/")
        mail.add_attachment(
            base64.b64decode(part["content"]),
            maintype=main,
            subtype=sub,
            filename=part["name"],
            params=dict(parameter.split("=", 1) for parameter in parameters),
        )
    return mail


def send(mail: EmailMessage, config: dict[str, Any]) -> None:
    """Hand one mail to the SMTP server of the configuration."""
    host, port = config["SMTP_HOST"], int(config["SMTP_PORT"])
    context = ssl.create_default_context()
    if config["SMTP_TLS"] == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with client:
        if config["SMTP_TLS"] == "starttls":
            client.starttls(context=context)
        if config["SMTP_USER"]:
            client.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        client.send_message(mail)


@jobs.job("mail.deliver", attempts=ATTEMPTS)
def deliver(context: jobs.JobContext, message: int) -> dict[str, Any]:
    """Deliver one message, unless that was done already; its links are forgotten once it has left."""
    config = context.info["config"]
    with context.read() as session:
        row = session.get(Message, message)
        if row is None or row.state != MessageState.QUEUED:
            return {}
        session.expunge(row)
    try:
        contents = row.written()
    except (TemplateError, TypeError) as problem:  # a defect of ours: trying again won't mend it
        _mark(context, message, MessageState.FAILED, error=f"{type(problem).__name__}: {problem}")
        raise jobs.JobFailedError(UNWRITTEN) from problem
    if not config["SMTP_HOST"]:
        _mark(context, message, MessageState.KEPT, contents)
        return {"state": "kept"}
    try:
        send(as_email(row, config["MAIL_FROM"]), config)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        if refused_for_good(problem):
            _mark(context, message, MessageState.FAILED, contents, error=str(problem))
            return {"state": "failed"}
        _note(context, message, contents, str(problem))
        # What a server answers may name the address: it stays with the mail, not in the log.
        raise UndeliveredError(problem) from None
    _mark(context, message, MessageState.SENT, contents)
    return {"state": "sent"}


def refused_for_good(problem: Exception) -> bool:
    """Say whether this mail will never leave (5xx, or no mail can be made of it), rather than later."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in problem.recipients.values())
    if isinstance(problem, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return problem.smtp_code >= PERMANENT
    return isinstance(problem, ValueError)


def _note(context: jobs.JobContext, message: int, contents: Contents, error: str) -> None:
    with context.write() as session:
        row = session.get_one(Message, message)
        row.write_out(contents)
        row.error = error[:2000]
        job = session.get_one(jobs.Job, context.job_id)
        if job.attempts >= ATTEMPTS:
            row.state = MessageState.FAILED


def _mark(
    context: jobs.JobContext,
    message: int,
    state: MessageState,
    contents: Contents | None = None,
    error: str = "",
) -> None:
    with context.write() as session:
        row = session.get_one(Message, message)
        row.state, row.error = state, error[:2000]
        if contents is not None:
            row.write_out(contents)
        if state == MessageState.SENT:
            row.sent_at = clock.now()
            row.text = SECRET.sub(r"\1…", row.text)
            row.html = SECRET.sub(r"\1…", row.html)
            row.unsubscribe = ""


def strike_out(row: Message, name: str) -> None:
    """Put « … » wherever a mail says that name: to others it still says all the rest."""
    words = " ".join(name.split())
    if not words:
        return
    row.title = row.title.replace(words, "…")
    row.text = row.text.replace(words, "…")
    as_html = str(markdown(escape_markdown(words))).strip().removeprefix("<p>").removesuffix("</p>")
    for written in (as_html, words):
        row.html = row.html.replace(written, "…")


def resend(session: Session, row: Message, *, now: datetime) -> None:
    """Try a message that failed once more."""
    if row.state == MessageState.FAILED:
        row.state, row.error = MessageState.QUEUED, ""
        jobs.enqueue(session, "mail.deliver", now=now, message=row.id)
