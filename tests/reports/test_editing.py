"""Editing a draft: nothing written is lost, nothing hidden comes back, nothing published changes."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart, ReportState
from hub.reports.operations import drafting, editing
from hub.reports.operations.compiling import compile_report, section_of
from hub.reports.operations.drafting import FrozenError, ReportFacts, figures_of
from hub.reports.operations.editing import ChangedMeanwhileError, OpenPage
from memoranda import plain
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.reports import scenes

BY: dict[str, Any] = {"actor": None, "now": NOW}
HERE, THERE = OpenPage("here", 0), OpenPage("there", 0)


@pytest.fixture
def report(session: Session) -> PlenaryReport:
    """Draft a report on three meetings of two organisations."""
    where = scenes.space(session, "Plateforme logement")
    both = factories.organisation(session, "Alpha"), factories.organisation(session, "Bêta")
    for month in (1, 2, 3):
        scenes.meeting(session, where, scenes.moment(2025, month, 5, 8), present=both)
    return scenes.report(session)


def part(session: Session, kind: PartKind) -> ReportPart:
    return session.scalars(select(ReportPart).where(ReportPart.kind == kind)).one()


def kinds(report: PlenaryReport) -> list[PartKind]:
    return [row.kind for row in report.parts]


@both_databases
def test_a_draft_has_its_parts_in_order_and_ends_with_how_it_is_counted(report: PlenaryReport) -> None:
    assert kinds(report)[:2] == [PartKind.IN_SHORT, PartKind.SPACES]
    assert kinds(report)[-1] is PartKind.METHOD
    assert PartKind.AXES not in kinds(report)  # no plan holds in the period
    assert report.slug == "etat-des-lieux-2025"


ROWS = "organisations:organisation-"


@both_databases
def test_counting_anew_keeps_words_order_and_what_is_hidden(session: Session, report: PlenaryReport) -> None:
    spaces, taking = part(session, PartKind.SPACES), part(session, PartKind.TAKING_PART)
    editing.write(session, spaces, "Nos tables", "De ma main.", page=HERE, **BY)
    numbers = {
        key: int(key.rpartition("-")[2]) for key in figures_of(taking).line_keys() if key.startswith(ROWS)
    }
    line = min(numbers, key=lambda key: numbers[key])  # Alpha is the first to be made
    editing.show_lines(session, taking, figures_of(taking).line_keys() - {line}, **BY)
    editing.move(session, taking, up=True, **BY)
    before = kinds(report)
    where = scenes.space(session, "Plateforme santé")
    scenes.meeting(
        session, where, scenes.moment(2025, 6, 1), present=(factories.organisation(session, "Gamma"),)
    )
    drafting.recount(session, report, **BY)
    assert (spaces.title, spaces.text) == ("Nos tables", "De ma main.")
    assert kinds(report) == before
    assert taking.hidden == [line]
    shown = section_of(taking)
    assert shown is not None
    assert [row[0] for row in shown.tables[0].rows] == ["Bêta", "Gamma"]
    assert shown.picture is not None
    assert "Alpha" not in shown.picture.svg
    assert "Alpha" not in shown.picture.alternative


@both_databases
def test_what_is_hidden_and_not_counted_now_stays_hidden(session: Session, report: PlenaryReport) -> None:
    taking = part(session, PartKind.TAKING_PART)
    every = figures_of(taking).line_keys()
    line = next(key for key in every if key.startswith("organisations:"))
    editing.show_lines(session, taking, every - {line}, **BY)
    drafting.change(
        session,
        report,
        ReportFacts("2020", scenes.YEAR[0].replace(year=2020), scenes.YEAR[1].replace(year=2020)),
        **BY,
    )
    assert line not in figures_of(taking).line_keys()
    editing.show_lines(session, taking, figures_of(taking).line_keys(), **BY)
    drafting.change(session, report, ReportFacts("2025", *scenes.YEAR), **BY)
    assert line in taking.hidden


@both_databases
def test_two_pages_never_overwrite_each_other_unseen(session: Session, report: PlenaryReport) -> None:
    one = part(session, PartKind.SPACES)
    editing.write(session, one, one.title, "Premier jet.", page=HERE, **BY)
    editing.write(
        session, one, one.title, "Premier jet, plus loin.", page=HERE, **BY
    )  # the same page goes on
    with pytest.raises(ChangedMeanwhileError):
        editing.write(session, one, one.title, "D’ailleurs.", page=THERE, **BY)
    assert one.text == "Premier jet, plus loin."
    editing.write(session, one, one.title, "D’ailleurs.", page=OpenPage("there", one.version), **BY)
    with pytest.raises(ChangedMeanwhileError):
        editing.write(session, one, one.title, "Encore ici.", page=HERE, **BY)
    editing.write(session, one, one.title, "D’ailleurs.", page=HERE, **BY)  # the same words are no conflict
    assert one.text == "D’ailleurs."
    del report


def test_a_part_of_ones_own_is_added_moved_and_removed(session: Session, report: PlenaryReport) -> None:
    own = editing.add(session, report, "Et demain ?", "Des idées.", **BY)
    assert kinds(report)[-2:] == [PartKind.FREE, PartKind.METHOD]
    editing.order(session, report, [own.id, *(row.id for row in report.parts if row is not own)], **BY)
    assert kinds(report)[0] is PartKind.FREE
    with pytest.raises(ChangedMeanwhileError):
        editing.order(session, report, [own.id], **BY)
    editing.remove(session, own, **BY)
    assert PartKind.FREE not in kinds(report)
    with pytest.raises(DomainError):
        editing.remove(session, part(session, PartKind.SPACES), **BY)
    with pytest.raises(DomainError):
        editing.add(session, report, "  ", **BY)


def test_a_hidden_part_is_not_printed(session: Session, report: PlenaryReport) -> None:
    hidden = part(session, PartKind.DECISIONS)
    before = compile_report(session, report, report.parts)
    editing.hide(session, hidden, is_hidden=True, **BY)
    after = compile_report(session, report, report.parts)
    assert len(after.sections) == len(before.sections) - 1
    assert plain.digest(after) != plain.digest(before)
    for row in report.parts:
        editing.hide(session, row, is_hidden=True, **BY)
    assert [section.anchor for section in compile_report(session, report, report.parts).sections] == ["vide"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": "  "}, "title"),
        ({"last_on": scenes.YEAR[0].replace(year=2024)}, "last"),
        (
            {"first_on": scenes.YEAR[0].replace(year=2027), "last_on": scenes.YEAR[1].replace(year=2027)},
            "first",
        ),
        ({"territory_id": 1, "space_id": 1}, "territory"),
    ],
)
def test_what_can_t_be_told_is_refused(session: Session, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        scenes.report(session, **facts)
    assert refused.value.field == field


def test_addresses_are_free_and_never_those_of_other_pages(session: Session) -> None:
    slugs = [
        scenes.report(session, title=title).slug for title in ("Nouveau", "Bilan", "Bilan", "…", "Activité")
    ]
    assert slugs == ["nouveau-rapport", "bilan", "bilan-2", "x", "activite-rapport"]


# --- What the database refuses ---------------------------------------------------------------------


def published(session: Session, report: PlenaryReport) -> PlenaryReport:
    from hub.core.files import StoredFile  # noqa: PLC0415 - only here

    file = factories.add(
        session,
        StoredFile(sha256="0" * 64, name="rapport.pdf", media_type="application/pdf", size=1, created_at=NOW),
    )
    report.file, report.pages, report.content_hash, report.content = file, 3, "0" * 64, "{}"
    session.flush()
    report.state, report.published_at = ReportState.PUBLISHED, NOW
    session.commit()
    return report


WRONG = [
    "UPDATE plenary_report SET title = 'Autre'",
    "UPDATE plenary_report SET content = 'autre'",
    "UPDATE plenary_report SET state = 'draft'",
    "UPDATE plenary_report SET file_id = NULL, pages = NULL, content_hash = NULL",
    "DELETE FROM plenary_report",
    "UPDATE report_part SET text = 'Autre'",
    "UPDATE report_part SET figures = '{}' WHERE kind <> 'free'",
    "DELETE FROM report_part",
    (
        "INSERT INTO report_part (report_id, kind, position, title, text, figures, hidden, is_hidden, "
        "version, saved_by_page) "
        "SELECT id, 'free', 99, 'Autre', '', '', '[]', FALSE, 0, '' FROM plenary_report"
    ),
]


@both_databases
@pytest.mark.parametrize("statement", WRONG)
def test_the_database_refuses_to_change_what_was_published(
    session: Session, report: PlenaryReport, statement: str
) -> None:
    published(session, report)
    with pytest.raises(IntegrityError, match=r"frozen|published"):
        session.execute(text(statement))


@both_databases
@pytest.mark.parametrize("statement", [*WRONG[:2], WRONG[5], WRONG[8]])
def test_a_draft_may_change(session: Session, report: PlenaryReport, statement: str) -> None:
    session.commit()
    assert session.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
    del report


@both_databases
def test_the_operations_refuse_it_too_and_taking_it_back_changes_nothing_else(
    session: Session, report: PlenaryReport
) -> None:
    from hub.reports.operations import publication  # noqa: PLC0415 - only here

    published(session, report)
    one = part(session, PartKind.SPACES)
    for gesture in (
        lambda: editing.write(session, one, "Autre", "Autre", page=HERE, **BY),
        lambda: editing.hide(session, one, is_hidden=True, **BY),
        lambda: editing.show_lines(session, one, [], **BY),
        lambda: editing.add(session, report, "Autre", **BY),
        lambda: drafting.recount(session, report, **BY),
        lambda: drafting.remove(session, report, **BY),
        lambda: publication.publish(session, report, **BY),
    ):
        with pytest.raises(FrozenError):
            gesture()
    publication.withdraw(session, report, **BY)
    assert not report.is_public
    publication.show_again(session, report, **BY)
    session.commit()
    assert report.is_public


@both_databases
@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"last_on": scenes.YEAR[0].replace(year=2020)},
        {"absent_after": 0},
        {"state": ReportState.PUBLISHED},
        {"pages": 3},
        {"withdrawn_at": NOW},
    ],
)
def test_the_database_refuses_what_can_t_be(session: Session, wrong: dict[str, Any]) -> None:
    values = {
        "slug": "rapport", "title": "Rapport", "first_on": scenes.YEAR[0], "last_on": scenes.YEAR[1],
        "figures_at": NOW, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    session.add(PlenaryReport(**{**values, **wrong}))
    with pytest.raises(IntegrityError):
        session.flush()
