"""The forms of an edition that is composed: its parts, its comments, the names of its versions."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired

from hub.publishing.forms.memoranda import LONGEST_TEXT, line, long_text
from hub.publishing.models.composition import FigureKind
from hub.publishing.words import FIGURES


class SectionForm(FlaskForm):
    """A part's title and words; an empty title means the usual one."""

    title = line(_l("Titre"), 200)
    text = long_text(_l("Texte"), LONGEST_TEXT)
    mark = HiddenField()
    page = HiddenField()  # tells the device what this page has sent (see keep.js)


class NewSectionForm(FlaskForm):
    """The title of a part to add."""

    section_title = line(_l("Nouvelle partie"), 200, DataRequired(_l("Donnez un titre à cette partie.")))


class CommentForm(FlaskForm):
    """A remark between those who write."""

    text = long_text(_l("Votre commentaire"), 4_000)


class TermForm(FlaskForm):
    """A word of the glossary."""

    term = line(_l("Mot"), 120, DataRequired(_l("Écrivez le mot à expliquer.")))
    definition = long_text(_l("Ce qu’il veut dire"), 2_000)
    mark = HiddenField()


class SponsorForm(FlaskForm):
    """Who supports the making of an edition."""

    name = line(_l("Qui soutient"), 200, DataRequired(_l("Dites qui soutient le mémorandum.")))
    mention = line(_l("Mention demandée"), 500)
    logo = FileField(_l("Logo"))
    mark = HiddenField()


class LogoForm(FlaskForm):
    """The logo of who signs."""

    logo = FileField(_l("Logo"))


class FigureForm(FlaskForm):
    """What is said of a figure, beside it."""

    kind = SelectField(_l("Ce qu’elle montre"), default=FigureKind.IMAGE.value)
    file = FileField(_l("Image"))
    caption = line(_l("Légende"), 500)
    alternative = long_text(_l("Ce qu’elle montre, pour qui ne la voit pas"), 2_000)
    source = line(_l("Source"), 500)
    mark = HiddenField()

    def offer(self) -> None:
        """Fill the list of kinds."""
        self.kind.choices = [(kind.value, gettext(word)) for kind, word in FIGURES.items()]
