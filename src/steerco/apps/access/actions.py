"""The actions of accounts and the catalogue's general ones."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("user.edit", _("Make, change and close accounts")),
    Action("audit.read", _("Read the audit trail")),
    Action("import.run", _("Import tables")),
    Action("import.undo", _("Undo an import")),
)
