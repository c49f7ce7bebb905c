"""The people of a notebook: members, their roles, and invitations."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.lib.errors import Invalid
from core.templatetags.ui import with_article
from notes.access import Abilities
from notes.forms import ROLES, InvitationForm, RoleForm
from notes.models import Activity, Invitation, Membership, Note, Notebook, Role
from notes.services import invitations, memberships
from notes.views.answering import deed, page, say, whole_or_part
from notes.views.finding import find_notebook, must, person
from notes.views.reading import crumbs

TEMPLATE = "notes/notebooks/people.html"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with the strongest of their memberships here; `inherited` when it is one of a notebook around this."""

    membership: Membership
    inherited: bool

    @property
    def user(self) -> Any:
        return self.membership.user

    @property
    def role(self) -> Role:
        return Role(self.membership.role)


def roles_around(notebook: Notebook) -> list[Member]:
    """Everybody who may come in, strongest first, in one query."""
    strongest: dict[int, Membership] = {}
    for membership in Membership.objects.around(notebook).order_by("-role", "created_at", "pk"):
        known = strongest.setdefault(membership.user_id, membership)
        # Of two equal ones the nearer counts: it is the one that can be changed here.
        if known.role == membership.role and membership.notebook_id == notebook.pk:
            strongest[membership.user_id] = membership
    return [Member(membership, membership.notebook_id != notebook.pk) for membership in strongest.values()]


def in_words(people: list[Member]) -> list[str]:
    """How many do what: "Ada owns", "5 edit", "2 read"."""
    words = {Role.OWNER: "own", Role.EDITOR: "edit", Role.COMMENTER: "comment", Role.VIEWER: "read"}
    told = []
    for role, word in words.items():
        ones = [member for member in people if member.role == role]
        if len(ones) == 1:
            told.append(f"{str(ones[0].user).split()[0]} {word}s")
        elif ones:
            told.append(f"{len(ones)} {word}")
    return told


@require_safe
@page
def show(request: HttpRequest, notebook_id: str) -> HttpResponse:
    """`?from=<id>` names the note that one came from, and leads back to it."""
    notebook, able = find_notebook(request, notebook_id)
    before = Note.objects.alive().filter(notebook=notebook, public_id=request.GET.get("from", "")).first()
    return _answer(request, notebook, able, InvitationForm(), part="members", before=before)


@never_cache
@require_POST
@page
def invite(request: HttpRequest, notebook_id: str) -> HttpResponse:
    """Answers with the page itself: the link is kept nowhere, so that there is nothing to redirect to."""
    notebook, able = find_notebook(request, notebook_id)
    must(able, "share")
    form, link = InvitationForm(request.POST), ""
    if form.is_valid():
        try:
            _, token = invitations.invite(person(request), notebook=notebook, **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            form = InvitationForm()
    return _answer(request, notebook, able, form, part="invitations", link=link)


@deed
def revoke(request: HttpRequest, notebook_id: str, key: str) -> HttpResponse:
    """`key` is the hash of the token: a name that tells nobody the link."""
    notebook, able = find_notebook(request, notebook_id)
    must(able, "share")
    try:
        invitation = Invitation.objects.get(notebook=notebook, token_hash=bytes.fromhex(key))
    except (Invitation.DoesNotExist, ValueError) as unknown:
        raise Http404 from unknown
    invitations.revoke(person(request), invitation)
    say(request, "That invitation is withdrawn.")
    return redirect("people", notebook.public_id)


@deed
def change_role(request: HttpRequest, notebook_id: str, user_id: str) -> HttpResponse:
    notebook, membership = _find_membership(request, notebook_id, user_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Invalid("There is no such role.")
    role = form.cleaned_data["role"]
    memberships.change_role(person(request), membership, role=role)
    say(request, f"{membership.user} is {with_article(role.label)} now.")
    return redirect("people", notebook.public_id)


@deed
def remove(request: HttpRequest, notebook_id: str, user_id: str) -> HttpResponse:
    notebook, membership = _find_membership(request, notebook_id, user_id)
    memberships.remove(person(request), membership)
    say(request, f"{membership.user} is no longer a member.")
    return redirect("people", notebook.public_id)


def _find_membership(request: HttpRequest, notebook_id: str, user_id: str) -> tuple[Notebook, Membership]:
    notebook, able = find_notebook(request, notebook_id)
    must(able, "share")
    found = Membership.objects.filter(notebook=notebook, user__public_id=user_id).select_related("user", "notebook")
    membership = found.first()
    if membership is None:
        raise Http404
    return notebook, membership


def _answer(
    request: HttpRequest,
    notebook: Notebook,
    able: Abilities,
    form: InvitationForm,
    *,
    part: str,
    link: str = "",
    before: Note | None = None,
) -> HttpResponse:
    user = person(request)
    people = roles_around(notebook)
    pending = Invitation.objects.pending().filter(notebook=notebook).select_related("created_by").order_by("-pk")
    context = {
        "notebook": notebook,
        "able": able,
        "crumbs": [*crumbs(user, notebook, itself=True), *([before] if before else [])],
        "people": people,
        "roles": ROLES,
        "may_leave": any(member.user == user and not member.inherited for member in people),
        "form": form,
        "link": link,
        "topic": f"notebook:{notebook.public_id}",
        "after": Activity.objects.within(notebook).aggregate(newest=Max("cursor"))["newest"] or 0,
        "pending": [(bytes(invitation.token_hash).hex(), invitation) for invitation in pending] if able.share else [],
    }
    return whole_or_part(request, TEMPLATE, part, context, status=422 if form.errors else 200)
