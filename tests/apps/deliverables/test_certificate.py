"""The certificate says what was signed, by whom, when, how they showed who they are, in the reader's language."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader
from tests.apps.deliverables.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, person

from steerco.apps.deliverables.certificates import certificate_of, certificate_pdf
from steerco.apps.deliverables.models import SignOffRound
from steerco.apps.deliverables.registers import DeliverableRegister
from steerco.apps.deliverables.signing import Terms, fingerprint, open_round
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, delegate
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Via

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(place: Any) -> SignOffRound:
    """The sponsor approved by the link of a mail, Ulla's substitute with conditions, signed in."""
    terms = Terms([place.sponsor.party, place.user.party], revision="1.0", note="Please by Friday")
    round_ = open_round(actor(place.manager), place.entry, terms)
    by_link = Actor(None, "Sara Sponsor", Via.LINK, frozenset({place.sponsor.party_id}), place.sponsor.pk)
    answer(by_link, FollowUp.objects.get(debtor=place.sponsor.party), "approve")
    substitute = person("Susi Substitute")
    delegate(actor(place.user), FollowUp.objects.get(debtor=place.user.party), substitute.party)
    with clock.at(MONDAY + timedelta(days=1)):
        answer(
            actor(substitute), FollowUp.objects.get(debtor=substitute.party), "conditions", "Refunds by March"
        )
    round_.refresh_from_db()
    return round_


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_everything_that_was_signed_stands_on_it(signed: SignOffRound) -> None:
    content = certificate_pdf(signed)
    text = text_of(content)
    for words in (
        "P1/D-1 · Design of the hub",
        "Signed off with conditions on",
        "All seven services are described.",
        "Please by Friday",
        "Sara Sponsor",
        "by the link of a mail",
        "Susi Substitute",
        "signed in",
        "Refunds by March",
        "design.txt",
    ):
        assert words in text, words
    dense = text.replace("\u200b", "").replace(" ", "")
    assert signed.fingerprint in dense
    assert signed.files[0]["digest"] in dense


def test_it_is_tagged_has_a_language_and_is_the_same_each_time(signed: SignOffRound) -> None:
    content = certificate_pdf(signed)
    catalog = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert certificate_pdf(signed) == content


def test_what_was_kept_does_not_depend_on_who_acted_in_which_language(signed: SignOffRound) -> None:
    with translation.override("de"):
        german = certificate_of(signed)
    english = certificate_of(signed)
    assert german.fingerprint == english.fingerprint == signed.fingerprint
    assert german.title != english.title
    assert {one.who for one in german.signatures} == {"Sara Sponsor", "Susi Substitute"}
    assert text_of(certificate_pdf(signed)) == text_of(certificate_pdf(SignOffRound.objects.get()))


def test_later_changes_leave_it_as_it_was(signed: SignOffRound, place: Any) -> None:
    before = certificate_pdf(signed)
    DeliverableRegister().write(
        OPERATOR, [Change({"title": "Renamed", "acceptance_criteria": "Others"}, pk=place.row.pk)]
    )
    assert certificate_pdf(SignOffRound.objects.get()) == before


def test_the_fingerprint_changes_with_text_version_and_files(signed: SignOffRound) -> None:
    given = (signed.subject, signed.revision, signed.files)
    assert fingerprint(*given) == signed.fingerprint
    others = (
        ({**signed.subject, "title": "Other"}, signed.revision, signed.files),
        (signed.subject, "1.1", signed.files),
        (signed.subject, signed.revision, []),
        (signed.subject, signed.revision, [{**signed.files[0], "digest": "0" * 64}]),
    )
    assert len({signed.fingerprint, *(fingerprint(*other) for other in others)}) == 5


def test_readers_get_it_once_it_is_over_and_strangers_never(place: Any) -> None:
    round_ = open_round(actor(place.manager), place.entry, Terms([place.user.party]))
    url = f"/sign-offs/{round_.pk}/certificate/"
    assert browser(place.manager).get(url).status_code == 404
    answer(actor(place.user), FollowUp.objects.get(), "approve")
    got = browser(place.manager).get(url)
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    assert got.content.startswith(b"%PDF-")
    assert browser(person("Otto Outside", staff=False)).get(url).status_code == 404


def test_any_script_and_markup_of_users_is_printed_as_text(place: Any) -> None:
    DeliverableRegister().write(
        OPERATOR, [Change({"title": '#panic("x") *bold* 設計書 \x07', "owner": None}, pk=place.row.pk)]
    )
    place.entry.refresh_from_db()
    round_ = open_round(actor(place.manager), place.entry, Terms([place.user.party]))
    with clock.at(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)):
        answer(actor(place.user), FollowUp.objects.get(), "return", "# no heading\n$x^2$ <b>")
    round_.refresh_from_db()
    text = text_of(certificate_pdf(round_))
    assert '#panic("x") *bold*' in text
    assert "$x^2$ <b>" in text
    assert "Returned on" in text
