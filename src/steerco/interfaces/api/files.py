"""The files on a row: what hangs on it, what was taken off, and back again. Contents are brought and saved on pages."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from steerco.apps.initiatives.models import Entry
from steerco.apps.links.files import TooLarge as TooMuch
from steerco.apps.links.models import Attachment
from steerco.apps.links.selectors import attachments_of, find_entry, removed_attachments_of
from steerco.apps.links.services import remove_attachment, restore_attachment
from steerco.interfaces.api.described import ONCE
from steerco.interfaces.api.errors import BadParameters, TooLarge
from steerco.interfaces.api.operations import (
    MOMENT,
    NUMBER,
    TEXT,
    Operation,
    Schema,
    array_of,
    in_path,
    in_query,
    object_of,
)
from steerco.interfaces.api.parameters import YES_NO, refuse_unknown
from steerco.interfaces.api.records import RegisterView

FILE = Schema(
    "File",
    object_of(
        {
            "id": NUMBER,
            "name": TEXT,
            "size": NUMBER,
            "media_type": TEXT,
            "source": {"type": "string", "enum": list(Attachment.Source.values)},
            "added_by": TEXT,
            "added_at": MOMENT,
            "removed": {"type": "boolean"},
        }
    ),
)
PATH = [in_path("id"), in_path("file")]


class FileView(RegisterView):
    """A view on the files of a row that the caller may see."""

    def entry(self, pk: int) -> Entry:
        """What the files hang on. Raises Http404."""
        entry = find_entry(self.actor, self.find(pk).entry_id)
        if entry is None:
            raise Http404
        return entry

    def attachment(self, pk: int, file: int, *, removed: bool) -> Attachment:
        """One of the files. Raises Http404."""
        rows = Attachment.objects.visible_to(self.actor).select_related("file", "entry")
        row = rows.filter(pk=file, entry=self.entry(pk), deleted=removed).first()
        if row is None:
            raise Http404
        return row


class RecordFiles(FileView):
    """The files of a row."""

    def operations(self) -> dict[str, Operation]:
        """List."""
        tag = str(self.register.label_plural)
        said = "With “removed” those that were taken off, for who may put them back."
        removed = in_query("removed", {"type": "string", "enum": list(YES_NO)})
        answers = {200: object_of({"results": array_of(FILE)})}
        return {
            "GET": Operation(
                f"{self.register.key}_files", f"Files: {tag}", tag, answers, said, None, [PATH[0], removed]
            )
        }

    def get(self, request: Request, pk: int) -> Response:
        """All of them: a row has few."""
        refuse_unknown(request.query_params, {"removed"}, paged=False)
        wanted = request.query_params.get("removed", "false")
        if wanted not in YES_NO:
            raise BadParameters({"removed": ["true, false"]})
        files = removed_attachments_of if wanted == "true" else attachments_of
        return Response({"results": [_told(row) for row in files(self.actor, self.entry(pk))]})


class RecordFile(FileView):
    """One file of a row."""

    def operations(self) -> dict[str, Operation]:
        """Remove."""
        tag = str(self.register.label_plural)
        said = "It can be restored."
        key = f"{self.register.key}_file_remove"
        return {
            "DELETE": Operation(
                key, f"Remove a file: {tag}", tag, {204: None}, said, parameters=[*PATH, ONCE]
            )
        }

    def delete(self, request: Request, pk: int, file: int) -> Response:
        """Take it off."""
        remove_attachment(self.actor, self.attachment(pk, file, removed=False))
        return Response(status=204)


class RecordFileRestore(FileView):
    """The return of a removed file."""

    def operations(self) -> dict[str, Operation]:
        """Restore."""
        tag = str(self.register.label_plural)
        key = f"{self.register.key}_file_restore"
        return {"POST": Operation(key, f"Restore a file: {tag}", tag, {200: FILE}, parameters=[*PATH, ONCE])}

    def post(self, request: Request, pk: int, file: int) -> Response:
        """Put it back. Raises TooLarge: it no longer fits."""
        row = self.attachment(pk, file, removed=True)
        try:
            restore_attachment(self.actor, row)
        except TooMuch as error:
            raise TooLarge from error
        return Response(_told(row))


def _told(row: Attachment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "size": row.file.size,
        "media_type": row.file.media_type,
        "source": row.source,
        "added_by": row.added_by_label,
        "added_at": row.created_at,
        "removed": row.deleted,
    }
