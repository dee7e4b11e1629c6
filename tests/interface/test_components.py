"""What the macros promise: errors tied to their fields, addresses that keep the filters, icons that exist."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from hub.core import i18n, web

ROOT = Path(__file__).parents[2]
NOW = datetime(2030, 6, 4, 7, 30, tzinfo=UTC)


class Contribution(Form):
    """A form as features write them."""

    finding = TextAreaField("Constat", [InputRequired("Écrivez votre constat."), Length(max=2000)])
    origin = StringField("Origine", description="Une rencontre, une permanence…")
    workshops = SelectMultipleField(
        "Ateliers", choices=[SelectChoice("1", "Logement"), SelectChoice("2", "Santé")]
    )
    follow = BooleanField("Recevoir les suites")


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "hub" / "static"))
    app.config.update(SECRET_KEY="a key for tests only", LANGUAGES=["fr"], BABEL_DEFAULT_LOCALE="fr")
    i18n.init_app(app)
    CSRFProtect(app)
    web.add_filters(app)
    app.add_url_rule("/espaces", "spaces.index", lambda: "")
    return app


def drawn(app: Flask, source: str, address: str = "/espaces", **words: Any) -> str:
    """Return what a template with these macros becomes on that page."""
    with app.test_request_context(address):
        return app.jinja_env.from_string(source).render(**words)


def tag(html: str, start: str) -> str:
    """Return the first tag that begins so."""
    found = re.search(rf"{re.escape(start)}[^>]*>", html)
    assert found, f"no {start} in {html}"
    return found[0]


def test_an_error_is_tied_to_its_field_and_what_was_typed_is_kept(app: Flask) -> None:
    form = Contribution(MultiDict({"finding": "", "origin": 'Un "café" <b>'}))
    assert not form.validate()
    html = drawn(
        app,
        '{% import "components/forms.html" as forms %}{{ forms.error_summary(form) }}'
        '{{ forms.field(form.finding, help="En une phrase.") }}{{ forms.field(form.origin) }}',
        form=form,
    )
    field = tag(html, "<textarea")
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="finding-help finding-error"' in field
    assert 'id="finding-error"' in html
    assert '<a href="#finding">Constat</a>' in html
    assert "Un point est à corriger" in html
    assert "Un &#34;café&#34; &lt;b&gt;" in tag(html, '<input type="text"')


def test_a_long_text_that_is_pasted_is_never_cut_by_the_browser(app: Flask) -> None:
    source = '{% import "components/forms.html" as forms %}{{ forms.field(field) }}'
    form = Contribution(MultiDict({"finding": "a" * 3000}))
    assert not form.validate()
    html = drawn(app, source, field=form.finding)
    assert "maxlength" not in html
    assert "a" * 3000 in html


def test_a_label_that_is_a_sentence_ends_once_in_the_summary(app: Flask) -> None:
    class Consent(Form):
        agrees = BooleanField("Elle accepte.", [InputRequired("Cochez la case.")])

    form = Consent(MultiDict())
    assert not form.validate()
    html = drawn(
        app, '{% import "components/forms.html" as forms %}{{ forms.error_summary(form) }}', form=form
    )
    assert ">Elle accepte</a>" in html


def test_only_what_may_stay_empty_is_marked(app: Flask) -> None:
    source = '{% import "components/forms.html" as forms %}{{ forms.field(field) }}'
    form = Contribution()
    assert "facultatif" not in drawn(app, source, field=form.finding)
    assert "facultatif" in drawn(app, source, field=form.origin)
    assert "facultatif" not in drawn(app, source, field=form.follow)


def test_choices_carry_their_notes_and_what_was_chosen(app: Flask) -> None:
    form = Contribution(MultiDict([("workshops", "2")]))
    html = drawn(
        app,
        '{% import "components/forms.html" as forms %}'
        '{{ forms.checkboxes(form.workshops, notes={"2": "Complet"}) }}',
        form=form,
    )
    boxes = re.findall(r"<input[^>]*>", html)
    assert [("checked" in box, "workshops-1-note" in box) for box in boxes] == [(False, False), (True, True)]
    assert "<legend" in html


def test_attributes_never_stick_together(app: Flask) -> None:
    html = drawn(
        app,
        '{% import "components/forms.html" as forms %}'
        '{% call forms.form("/x", multipart=true, autosave_url="/y", id="z") %}{% endcall %}'
        "{{ forms.select(form.workshops, search=true, multiple=true) }}",
        form=Contribution(),
    )
    assert {'enctype="multipart/form-data"', 'data-autosave="/y"', 'id="z"', "novalidate"} <= set(
        re.split(r"[\s>]+", tag(html, "<form"))
    )
    assert {"multiple", "data-choose"} <= set(tag(html, "<select").split())


def test_sorting_keeps_the_filters_and_turns_round(app: Flask) -> None:
    source = (
        '{% from "components/tables.html" import table %}'
        '{% call table([{"label": "Nom", "sort": "name"}], "Espaces", sort=sort) %}{% endcall %}'
    )
    address = "/espaces?theme=a&theme=b&page=3"
    html = drawn(app, source, address, sort=None)
    assert 'href="/espaces?theme=a&amp;theme=b&amp;sort=name&amp;direction=asc"' in html
    assert "aria-sort" not in html
    html = drawn(app, source, address, sort="name")
    assert "direction=desc" in html
    assert 'aria-sort="ascending"' in html


def test_a_chip_takes_only_its_own_value_away(app: Flask) -> None:
    html = drawn(
        app,
        '{% from "components/tables.html" import chips %}'
        '{{ chips([{"name": "theme", "value": "b", "label": "B"}]) }}',
        "/espaces?theme=a&theme=b&state=open",
    )
    assert 'href="/espaces?theme=a&amp;state=open"' in html


def test_a_search_always_fits_into_an_address(app: Flask) -> None:
    html = drawn(app, '{% from "components/tables.html" import filters %}{{ filters() }}')
    assert 'maxlength="200"' in tag(html, '<input type="search"')


def test_filtering_keeps_the_other_arguments(app: Flask) -> None:
    html = drawn(
        app,
        '{% from "components/tables.html" import filters %}'
        '{{ filters([{"name": "theme", "label": "Thème", "choices": [("a", "A")], "value": "a"}]) }}',
        "/espaces?theme=a&q=mot&sort=name&page=2",
    )
    assert re.findall(r'type="hidden" name="(\w+)"', html) == ["sort"]
    assert '<option value="a" selected>' in html


def test_a_cell_says_its_column_on_a_phone_and_what_is_missing(app: Flask) -> None:
    source = '{% from "components/tables.html" import cell %}{{ cell("Membres", value, numeric=true) }}'
    assert 'data-label="Membres">9<' in drawn(app, source, value=9)
    assert ">0<" in drawn(app, source, value=0)
    assert "Non renseigné" in drawn(app, source, value=None)


def test_progress_asks_again_only_while_under_way(app: Flask) -> None:
    source = (
        '{% from "components/progress.html" import progress %}'
        '{{ progress("/etat", "Chapitre 3", 40, done=done) }}'
    )
    assert 'hx-trigger="every 1s"' in drawn(app, source, done=False)
    assert "hx-" not in drawn(app, source, done=True)


def test_the_figure_of_a_sentence_stands_out_and_the_rest_is_escaped(app: Flask) -> None:
    html = drawn(
        app,
        '{% from "components/cards.html" import sentence %}'
        '{{ sentence(7, "7 contributions <b> attendent") }}',
    )
    assert "<strong>7</strong> contributions &lt;b&gt; attendent" in html


def test_a_state_says_itself_in_words_and_an_unknown_one_too(app: Flask) -> None:
    source = '{% from "components/states.html" import state %}{{ state(code) }}'
    assert "Brouillon" in drawn(app, source, code="draft")
    assert "inattendu" in drawn(app, source, code="inattendu")


def test_the_history_gives_the_moment_in_brussels(app: Flask) -> None:
    html = drawn(
        app,
        '{% from "components/timeline.html" import timeline %}'
        '{{ timeline([{"when": now, "who": "GT", "what": "Relu"}]) }}',
        now=NOW,
    )
    assert 'datetime="2030-06-04T09:30+02:00"' in html


def test_every_icon_named_in_the_components_is_in_the_sprite() -> None:
    dist = ROOT / "hub" / "static" / "dist"
    sprite = (dist / json.loads((dist / "manifest.json").read_text())["icons.svg"]).read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    states = (ROOT / "templates" / "components" / "states.html").read_text()
    named = set(re.findall(r'": \["\w+", "([a-z0-9-]+)"', states))
    for page in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'\bicon\("([a-z0-9-]+)"', page.read_text()))
    assert named
    assert named <= known
