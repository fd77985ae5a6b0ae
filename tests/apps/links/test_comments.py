"""Comments: who may say and change what, people by name, mails to those named."""

import pytest
from tests.apps import worlds

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Comment, Mention
from steerco.apps.links.panels import _mentions, _watched
from steerco.apps.links.selectors import comments_of, find_entry, suggest_people
from steerco.apps.links.services import remove_comment, watch, write_comment
from steerco.kit.history import Invalid
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.journal.outbox import send_due
from steerco.kit.pages.panels import PageState
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
NOWHERE = PageState(None, None, {})  # type: ignore[arg-type]


@pytest.fixture
def town():
    """A project with a risk, its manager, a member of staff without a post, and a supplier."""

    class Town:
        project = worlds.initiative("PAY")
        risk = worlds.record("risk", project, "Supplier insolvency")
        entry = Entry.objects.get(pk=risk.entry_id)
        beatrice = worlds.person("Beatrice Okafor", "project_manager", project)
        jonas = worlds.person("Jonas Weber")
        vera = worlds.person("Vera Supply", staff=False)

    return Town


def test_a_comment_is_said_with_its_event_and_shown_as_safe_html(town) -> None:
    write_comment(worlds.actor(town.jonas), town.entry, "Ask **now** <script>alert(1)</script>")
    event = Event.objects.get(kind="comment.added")
    assert (event.entry_id, event.actor_label) == (town.entry.pk, "Jonas Weber")
    (shown,) = comments_of(worlds.actor(town.beatrice), town.entry)
    assert shown.who == "Jonas Weber"
    assert "<strong>now</strong>" in shown.html
    assert "<script" not in shown.html
    assert not shown.is_own


def test_only_the_author_changes_a_comment_and_who_deletes_entries_may_remove_it(town) -> None:
    comment = write_comment(worlds.actor(town.jonas), town.entry, "First")
    with pytest.raises(Denied):
        write_comment(worlds.actor(town.beatrice), town.entry, "Other", comment=comment)
    write_comment(worlds.actor(town.jonas), town.entry, "Second", comment=comment)
    assert comments_of(worlds.actor(town.jonas), town.entry)[0].typed == "Second"
    remove_comment(worlds.actor(town.beatrice), comment)
    assert comments_of(worlds.actor(town.jonas), town.entry) == []
    other = write_comment(worlds.actor(town.beatrice), town.entry, "Stays")
    with pytest.raises(Denied):
        remove_comment(worlds.actor(town.jonas), other)


def test_an_empty_comment_is_refused(town) -> None:
    with pytest.raises(Invalid):
        write_comment(worlds.actor(town.jonas), town.entry, "  \n ")
    assert not Comment.objects.exists()


def test_a_person_outside_sees_and_says_nothing_until_they_own_the_entry(town) -> None:
    vera = worlds.actor(town.vera)
    assert find_entry(vera, town.entry.pk) is None
    with pytest.raises(Denied):
        write_comment(vera, town.entry, "Hello")
    Entry.objects.filter(pk=town.entry.pk).update(owner=town.vera.party)
    entry = find_entry(vera, town.entry.pk)
    assert entry is not None
    assert write_comment(vera, entry, "We will pay").author_label == "Vera Supply"


def test_people_are_kept_by_id_so_that_a_new_name_shows(town) -> None:
    text = "@Beatrice Okafor, see mail@example.org; @Nobody Here"
    comment = write_comment(worlds.actor(town.jonas), town.entry, text)
    assert comment.text == f"@{{{town.beatrice.party_id}}}, see mail@example.org; @Nobody Here"
    assert list(Mention.objects.values_list("party", flat=True)) == [town.beatrice.party_id]
    (shown,) = comments_of(worlds.actor(town.jonas), town.entry)
    assert '<span class="sc-mention">@Beatrice Okafor</span>' in shown.html
    assert shown.typed == text
    # a supplier knows nobody but themselves: the name is not given away
    Entry.objects.filter(pk=town.entry.pk).update(owner=town.vera.party)
    (seen,) = comments_of(worlds.actor(town.vera), town.entry)
    assert "Beatrice" not in seen.html + seen.typed
    assert suggest_people(worlds.actor(town.vera), "Bea") == []


def test_naming_a_person_mails_them_once_and_only_while_they_may_read(town, settings, mailoutbox) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    comment = write_comment(worlds.actor(town.jonas), town.entry, "@Beatrice Okafor look")
    write_comment(worlds.actor(town.jonas), town.entry, "@Beatrice Okafor look again", comment=comment)
    assert send_due() == 1
    (mail,) = mailoutbox
    assert mail.to == ["beatrice@example.org"]
    assert mail.subject == "Jonas Weber named you: PAY/R-1 · Supplier insolvency"
    assert "@Beatrice Okafor look again" in mail.body
    write_comment(worlds.actor(town.jonas), town.entry, "@Beatrice Okafor secret")
    restrict(worlds.OPERATOR, town.risk, [town.jonas.party_id])
    assert send_due() == 0
    assert OutboxMessage.objects.filter(state="dropped").count() == 1


def test_home_shows_where_i_was_named_and_what_i_watch(town) -> None:
    write_comment(worlds.actor(town.jonas), town.entry, "@Beatrice Okafor look")
    beatrice = worlds.actor(town.beatrice)
    said = _mentions(beatrice, None, NOWHERE)
    assert said is not None
    assert said["said"][0]["text"] == "@Beatrice Okafor look"
    assert _watched(beatrice, None, NOWHERE) is None
    watch(beatrice, town.entry, True)
    found = _watched(beatrice, None, NOWHERE)
    assert found is not None
    assert [row["reference"] for row in found["found"]] == ["PAY/R-1"]
    restrict(worlds.OPERATOR, town.risk, [town.jonas.party_id])
    beatrice = worlds.actor(town.beatrice)
    assert _mentions(beatrice, None, NOWHERE) is None
    assert _watched(beatrice, None, NOWHERE) is None


def test_the_pages_say_and_hide(town) -> None:
    jonas = worlds.browser(town.jonas)
    answer = jonas.post(f"/entries/{town.entry.pk}/comments/", {"text": "Hello **there**"})
    assert answer.status_code == 303
    assert answer["Location"].endswith("#panel-record.comments")
    page = jonas.get(f"/registers/risks/{town.risk.pk}/").content.decode()
    assert "<strong>there</strong>" in page
    comment = Comment.objects.get()
    restrict(worlds.OPERATOR, town.risk, [town.beatrice.party_id])
    for path, data in (
        (f"/entries/{town.entry.pk}/comments/", {"text": "x"}),
        (f"/entries/{town.entry.pk}/comments/{comment.pk}/", {"text": "x"}),
        (f"/entries/{town.entry.pk}/watch/", {}),
    ):
        assert jonas.post(path, data).status_code == 404
    assert jonas.get(f"/entries/{town.entry.pk}/").status_code == 404
    assert Comment.objects.get().text == "Hello **there**"


def test_a_comment_is_not_reached_through_another_entry(town) -> None:
    comment = write_comment(worlds.actor(town.jonas), town.entry, "Mine")
    other = worlds.record("risk", town.project, "Other")
    answer = worlds.browser(town.jonas).post(
        f"/entries/{other.entry_id}/comments/{comment.pk}/", {"text": "x"}
    )
    assert answer.status_code == 404
