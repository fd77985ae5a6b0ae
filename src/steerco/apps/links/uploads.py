"""The first look at an upload: a request that is too large is refused before anything of it is stored."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

REQUEST_LIMIT = 200 * 1024 * 1024  # bytes of one request, all its files together


class BoundedUpload(FileUploadHandler):
    """Refuses by the length that the request declares; the handlers after it store the files."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Raises RequestDataTooBig, which is answered with 400."""
        if content_length > REQUEST_LIMIT:
            raise RequestDataTooBig(f"{content_length} bytes in one request")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""
