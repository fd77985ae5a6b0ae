"""The forms of an import: what to read, and what holds for the whole of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.kit.imports.confinement import LARGEST_UPLOAD
from steerco.kit.imports.finding import place_column
from steerco.kit.imports.layouts import Options
from steerco.kit.imports.services import MOST_FILES, Upload
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import Register


class Files(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked as one."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files in the order in which they were chosen."""
        return [super(FilesField, self).clean(file, initial) for file in data or ()]


class StartForm(forms.Form):
    """Files or pasted cells, and the place that their rows belong to."""

    upload = FilesField(
        label=gettext_lazy("Files (.xlsx or .csv, several at once)"),
        widget=Files(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt", "class": "form-control"}),
        required=False,
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or cells copied from a spreadsheet, with their headers"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control", "spellcheck": "false"}),
        required=False,
        strip=False,
    )

    def __init__(
        self,
        register: Register,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        place: str = "",
    ) -> None:
        super().__init__(data, files, initial={"place": place})
        name = place_column(register)
        if name is not None:
            column = register.all_columns()[name]
            field = column.form_field(actor)
            field.required = False
            field.help_text = _("Leave it empty when a column, the sheet or the file's name says it.")
            field.widget.attrs["class"] = "form-control"
            self.fields["place"] = field

    def clean(self) -> dict[str, Any]:
        """Sizes and counts, before anything is read."""
        cleaned = super().clean() or {}
        given = cleaned.get("upload", [])
        if not given and not cleaned.get("pasted", "").strip():
            raise ValidationError(_("Choose a file or paste cells first."))
        if len(given) > MOST_FILES:
            raise ValidationError(_("More than %s files: import them in parts.") % MOST_FILES)
        for file in given:
            if file.size > LARGEST_UPLOAD:
                raise ValidationError(
                    _("“%(name)s” is larger than %(size)s MB: split it.")
                    % {"name": file.name, "size": LARGEST_UPLOAD // 1024**2}
                )
        return cleaned

    def uploads(self) -> list[Upload]:
        """What the valid form brings."""
        given = [Upload(file.name, file.read()) for file in self.cleaned_data["upload"]]
        pasted = self.cleaned_data.get("pasted", "")
        if pasted.strip():
            given.append(Upload(_("pasted cells"), pasted.encode("utf-8"), pasted=True))
        return given

    @property
    def place_code(self) -> str:
        """The code of the chosen place, "" for none."""
        return getattr(self.cleaned_data.get("place"), "code", "") or ""


class OptionsForm(forms.Form):
    """What holds for all files of a run."""

    match = forms.ChoiceField(
        label=gettext_lazy("Which entry a row means"),
        choices=(
            ("number", gettext_lazy("by number, else by exact title")),
            ("title", gettext_lazy("by exact title only")),
            ("none", gettext_lazy("none: add every row as a new entry")),
        ),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where rows belong that do not say it"),
        choices=(
            ("auto", gettext_lazy("chosen place, else sheet name, else file name")),
            ("given", gettext_lazy("the chosen place only")),
            ("sheet", gettext_lazy("the sheet's name only")),
            ("file", gettext_lazy("the file's name only")),
        ),
    )
    day_first = forms.ChoiceField(
        label=gettext_lazy("Dates that can be read two ways"),
        choices=(
            ("", gettext_lazy("as my language has them")),
            ("yes", gettext_lazy("day first (31/12)")),
            ("no", gettext_lazy("month first (12/31)")),
        ),
        required=False,
    )
    partial = forms.BooleanField(
        label=gettext_lazy("Take rows with a wrong cell without that cell"), required=False
    )
    clear = forms.BooleanField(label=gettext_lazy("Empty cells empty the field"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, options: Options | None = None) -> None:
        start: dict[str, Any] = {}
        if options is not None:
            known = {True: "yes", False: "no", None: ""}
            start = {
                "match": options.match,
                "place": options.place,
                "partial": options.partial,
                "clear": options.clear,
                "day_first": known[options.day_first],
            }
        super().__init__(data, initial=start, prefix="options")
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select"
            else:
                field.widget.attrs["class"] = "form-check-input"

    def options(self) -> Options:
        """The options that the valid form says."""
        cleaned = self.cleaned_data
        order = {"yes": True, "no": False}.get(cleaned["day_first"])
        return Options(cleaned["match"], cleaned["place"], cleaned["partial"], cleaned["clear"], order)
