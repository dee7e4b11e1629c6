"""A cell of a table: what stands in it, what is said where nothing does, and that everything is escaped."""

from flask import Flask, render_template_string

CELL = '{% from "components/tables.html" import cell %}'


def shown(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context():
        return " ".join(render_template_string(CELL + source, **values).split())


def test_a_value_is_escaped(app: Flask) -> None:
    page = shown(app, '{{ cell("Nom & sigle", name) }}', name="<b>")
    assert page == '<td data-label="Nom &amp; sigle">&lt;b&gt;</td>'
    assert shown(app, '{{ cell("N", 0, numeric=true) }}') == '<td class="numeric" data-label="N">0</td>'


def test_what_is_empty_is_told(app: Flask) -> None:
    told = '<td data-label="N"><span class="missing" aria-label="Non renseigné" role="img">–</span></td>'
    for source in ('{{ cell("N") }}', '{{ cell("N", "") }}', '{% call cell("N") %} {% endcall %}'):
        assert shown(app, source) == told


def test_what_the_caller_writes(app: Flask) -> None:
    assert shown(app, '{% call cell("N") %}<a>{{ name }}</a>{% endcall %}', name="<b>") == (
        '<td data-label="N"><div class="cell-value"><a>&lt;b&gt;</a></div></td>'
    )
    assert shown(app, '{% call cell("N", main=true) %}<a>x</a>{% endcall %}') == (
        '<th scope="row" class="cell-main" data-label="N"><a>x</a></th>'
    )
    assert shown(app, '{% call cell("N", gestures=true) %}{% endcall %}') == (
        '<td class="cell-gestures" data-label="N"></td>'
    )
