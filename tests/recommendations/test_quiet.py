"""What is in the making stays quiet: every page and file is read as the public and as another association.

The demonstration gives each kind of page something to show; `private` puts a word of its own into each
private place of the recommendations. Whoever finds one of them where it must not stand has found a leak.
"""

import html
import io
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import JSON, Enum, String, Text, cast, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from hub.accounts.models import User
from hub.accounts.operations.sessions import open_session
from hub.actors.operations import reference
from hub.core import clock, tokens
from hub.core.db import Base
from hub.core.files import Store
from hub.core.jobs import run_next
from hub.demo.load import PARTS
from hub.demo.world import World
from hub.plans.operations import frames
from hub.publishing.models.answers import PartyAnswer
from hub.publishing.operations import elections
from hub.recommendations.operations import confirming
from hub.recommendations.operations.campaigns import PURPOSE, end_of_links
from hub.server import job_info
from tests import factories
from tests.conftest import SITE, Installation
from tests.recommendations import private
from tests.recommendations.private import BEGINNING, PrivateWorld, Reader

REFERENCE = re.compile(r'\b(?:href|src|action|data-[\w-]+)="(/[^"#]*)')
WORD = re.compile(BEGINNING + "[a-z]+")
EACH = 2  # addresses of a route that a walk opens, beside those of private things; one of each question
SEARCH = f"?q={BEGINNING}"
# Parts of words that no page shows, not even to coordinators.
SHOWN_NOWHERE = (
    "former", "detachedreason", "parentreason", "tablet", "search", "by", "thesaurusnote", "filewords",
)  # fmt: skip
# No words of people: what names a row, a page or a gesture.
NO_WORDS = {
    "amendment.client_key", "campaign.slug", "contribution.client_key", "contribution.saved_by_page",
    "derivation.gesture", "meeting_source.client_key", "recommendation.code", "recommendation.kept_levels",
    "recommendation_version.levels", "similarity_index.stamp", "similarity_verdict.first",
    "similarity_verdict.second", "source_document.reading_problem", "workshop_recommendation.saved_by_page",
}  # fmt: skip
NOT_READ = {"static", "core.theme_css"}


@dataclass
class Served:
    """An application with the demonstration and the private words, and clients of its readers."""

    installation: Installation
    world: PrivateWorld
    links: dict[str, list[str]]  # whose → the addresses that a mail gave them
    walked: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def client(self, user: User | None = None) -> FlaskClient:
        """Return a client of the public, or of an account."""
        made = self.installation.app.test_client()
        if user is not None:
            raw = open_session(self.world.session, user, device="test", now=clock.now())
            self.world.session.commit()
            with made.session_transaction() as cookie:
                cookie["sid"] = raw
        return made


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[str, Path], str]
) -> Iterator[Served]:
    """Load the demonstration and the private words once: reading changes nothing."""
    folder = tmp_path_factory.mktemp("quiet")
    installation = Installation(folder, migrated("sqlite", folder / "quiet.db"))
    with Session(installation.engine, info={"site": SITE}, expire_on_commit=False) as session:
        now = clock.now()
        reference.load(session)
        elections.load_reference(session)
        frames.load_reference(session, now=now)
        demonstration = World(now=now, store=Store(folder / "files"))
        for part in PARTS:
            import_module(f"hub.demo.{part}").load(session, demonstration)
        world = private.build(session, demonstration.store, now)
        links = {name: mailed(world, name) for name in ("ours", "theirs")}
        session.commit()
        while run_next(installation.engine, "test", job_info(installation.app)):
            pass
        yield Served(installation, world, links)
    installation.engine.dispose()


def mailed(world: PrivateWorld, name: str) -> list[str]:
    """Return the addresses of the links that an organisation has had."""
    invitation = world.rows["invitations"][name]
    until = end_of_links(invitation.campaign)
    raw = tokens.issue(world.session, PURPOSE, invitation, now=world.now, until=until)
    found = [f"/contribution/{raw}"]
    if name == "ours":
        asked = world.rows["contributions"]["unconfirmed"]
        raw = tokens.issue(
            world.session, confirming.PURPOSE, asked, now=world.now, lifetime=confirming.LINK_PERIOD
        )
        found.append(f"/confirmation/{raw}")
    return found


def text_of(answer: Any) -> str:
    """Return what an answer tells; of an archive, a workbook or a PDF, what stands in it."""
    body: bytes = answer.data
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(body))
        return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    return body.decode("utf-8", "replace")


class Walk:
    """What one reader finds by following links and by asking for what others have."""

    def __init__(self, served: Served, client: FlaskClient) -> None:
        self.served, self.client = served, client
        self.adapter = served.installation.app.url_map.bind("localhost")
        self.found: dict[str, set[str]] = {}  # address → the private words there
        self.opened: dict[str, int] = {}
        self.private = {part for values in served.world.parts.values() for part in values}

    def route_of(self, address: str) -> tuple[str, Mapping[str, Any]]:
        """Return the route of an address and what fills it; "" where there is none."""
        try:
            return self.adapter.match(urlsplit(address).path, method="GET")
        except HTTPException:
            return "", {}

    def wants(self, address: str) -> bool:
        """Say whether to open it: some of each route and kind of question, and all of what is private."""
        endpoint, values = self.route_of(address)
        if address in self.found or not endpoint or endpoint in NOT_READ:
            return False
        query = urlsplit(address).query
        known = any(str(value) in self.private for value in values.values())
        if known and not query and endpoint.startswith(("recommendations.", "network.", "publishing.answer")):
            return True
        kind = f"{endpoint} {sorted(parse_qs(query))}"
        self.opened[kind] = self.opened.get(kind, 0) + 1
        return self.opened[kind] <= (1 if query else EACH)

    def open(self, address: str) -> str:
        """Read an address, and note the private words that stand there."""
        with self.client.get(address) as answer:
            assert answer.status_code < 500, (address, answer.status_code)
            text = text_of(answer)
        headers = " ".join(str(value) for value in answer.headers.values())
        self.found[address] = set(WORD.findall((text + headers).lower())) & set(self.served.world.marks)
        return text

    def follow(self, starts: Iterable[str], within: tuple[str, ...] = ("/",)) -> None:
        """Open the addresses, and those to which their pages lead, as far as they begin so."""
        queue = deque(starts)
        while queue:
            address = queue.popleft()
            if not address.startswith(within) or not self.wants(address):
                continue
            text = self.open(address)
            queue.extend(html.unescape(link) for link in REFERENCE.findall(text))
            if "?" not in address:
                queue.append(address + SEARCH)

    def ask(self, addresses: Iterable[str]) -> None:
        """Open addresses that somebody else has, without the limit for each route."""
        for address in addresses:
            if address not in self.found and self.route_of(address)[0] not in {"", *NOT_READ}:
                self.open(address)

    @property
    def words(self) -> set[str]:
        """All private words found."""
        return set().union(*self.found.values())

    def where(self, words: set[str]) -> dict[str, list[str]]:
        """Return the addresses at which these words stand."""
        return {address: sorted(seen & words) for address, seen in self.found.items() if seen & words}


def known_addresses(served: Served, token: str = "", features: str = "recommendations.") -> list[str]:
    """Return the routes of features, filled with what is private, whether any page links there or not.

    With a token those that a link opens, else all the others.
    """
    found = []
    for rule in served.installation.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_READ:
            continue
        if ("token" in rule._converters) != bool(token) or not rule.endpoint.startswith(features):
            continue
        for values in product(*(parts_of(served, rule, name, token) for name in rule._converters)):
            built = rule.build(dict(zip(rule._converters, values, strict=True)), append_unknown=False)
            assert built is not None
            found.append(built[1])
    return found


def parts_of(served: Served, rule: Rule, name: str, token: str) -> Sequence[str | int]:
    """Return what may stand in a part of a route: of other features' routes, the first few."""
    converter = rule._converters[name]
    if name == "token":
        return [token]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    values = served.world.parts.get(name, [])
    if not rule.endpoint.startswith("recommendations."):
        values = values[:EACH]
    return [int(value) for value in values] if isinstance(converter, IntegerConverter) else values


@pytest.fixture(scope="module")
def coordination(served: Served) -> Walk:
    """Read everything as a coordinator: what is found there shows that the walk finds what there is."""
    walk = Walk(served, served.client(factories.coordinator(served.world.session)))
    walk.follow(["/", "/tableau-de-bord"])
    return walk


def read_by_account(served: Served, user: User | None) -> Walk:
    """Walk as an account or as the public, then ask for whatever is private."""
    walk = Walk(served, served.client(user))
    walk.follow(["/", "/tableau-de-bord"])
    walk.ask(known_addresses(served))
    return walk


def read_by_link(served: Served, name: str) -> Walk:
    """Walk from the links of an organisation, then ask behind them for whatever is private."""
    walk = Walk(served, served.client())
    walk.follow(served.links[name], within=tuple(served.links[name]))  # the public walks the other pages
    for link in served.links[name]:
        walk.ask(known_addresses(served, link.rpartition("/")[2]))
    return walk


def words_for(served: Served, *readers: Reader) -> set[str]:
    """Return the words that these may read."""
    return {word for word, reader in served.world.marks.items() if reader in readers}


def test_a_coordinator_finds_what_the_walk_looks_for(served: Served, coordination: Walk) -> None:
    """The control: were these words not found here, finding none elsewhere would say nothing."""
    expected = words_for(served, Reader.OWN, Reader.COORDINATION, Reader.CONSULTED)
    unfound = {word.removeprefix(BEGINNING) for word in expected - coordination.words}
    assert {word for word in unfound if not any(part in word for part in SHOWN_NOWHERE)} == set()
    # What an organisation hasn't sent yet isn't the coordination's to read.
    assert coordination.where(words_for(served, Reader.WRITERS)) == {}


def test_the_public_finds_nothing(served: Served, coordination: Walk) -> None:
    walk = read_by_account(served, None)
    walk.ask(known_addresses(served, features=""))
    walk.ask(coordination.found)
    assert len(walk.found) > len(coordination.found)
    assert walk.where(set(served.world.marks)) == {}


def test_another_association_finds_only_what_it_is_consulted_on(served: Served, coordination: Walk) -> None:
    by_account = read_by_account(served, served.world.rows["theirs_user"])
    by_account.ask(coordination.found)
    for walk in (by_account, read_by_link(served, "theirs")):
        assert walk.where(set(served.world.marks) - words_for(served, Reader.CONSULTED)) == {}
        assert walk.words  # it is asked where it stands


def test_the_organisation_finds_its_own(served: Served) -> None:
    by_account = read_by_account(served, served.world.rows["ours_user"])
    assert by_account.where(words_for(served, Reader.COORDINATION, Reader.WRITERS)) == {}
    by_link = read_by_link(served, "ours")
    assert by_link.where(words_for(served, Reader.COORDINATION)) == {}
    for name in ("draftfinding", "draftproposal", "draftorigin", "takenproposal", "reservation", "body"):
        assert BEGINNING + name in by_link.words, name
    for name in ("agreedtitle", "standingpartywords", "standingpartysource"):
        assert BEGINNING + name in by_link.words, name
    for name in ("unconfirmedproposal", "withdrawnreason", "proposedtitle", "reservation"):
        assert BEGINNING + name in by_account.words | by_link.words, name


def test_every_private_place_holds_a_word(served: Served) -> None:
    """A column that comes later must get a word in `private`, or be named here as no words of people."""
    models = [
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("hub.recommendations.models") or mapper.class_ is PartyAnswer
    ]
    session = served.world.session
    missing = {
        f"{model.__tablename__}.{column.name}"
        for model in models
        for column in model.__table__.columns
        if holds_words(column) and not is_marked(session, model, column)
    }
    assert missing == NO_WORDS


def holds_words(column: Any) -> bool:
    return isinstance(column.type, String | Text | JSON) and not isinstance(column.type, Enum)


def is_marked(session: Session, model: Any, column: Any) -> bool:
    """Say whether a row holds one of our words in that column."""
    text = cast(column, Text)
    return (
        session.scalar(select(text).select_from(model).where(text.contains(BEGINNING)).limit(1)) is not None
    )
