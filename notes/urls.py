"""The URLs of notebooks and notes."""

from django.urls import path

from notes.views import (
    account,
    exports,
    feed,
    home,
    invitations,
    note_deeds,
    notebook_deeds,
    notebooks,
    notes,
    palette,
    people,
    removed,
)

NOTEBOOK = "notebooks/<str:notebook_id>"
NOTE = "notes/<str:note_id>"

urlpatterns = [
    path("", home.home, name="home"),
    path("activity", feed.activity, name="activity"),
    path("palette", palette.palette, name="palette"),
    path("accounts/takeout/", account.take_along, name="takeout"),
    path("accounts/close/", account.close, name="account-close"),
    path("removed", removed.removed, name="removed"),
    path("invitations/<str:token>", invitations.invitation, name="invitation"),
    path("notebooks/new", notebooks.new, name="notebook-new"),
    path(f"{NOTEBOOK}/", notebooks.show, name="notebook"),
    path(f"{NOTEBOOK}/settings", notebooks.settings, name="notebook-settings"),
    path(f"{NOTEBOOK}/people", people.show, name="people"),
    path(f"{NOTEBOOK}/people/invite", people.invite, name="invite"),
    path(f"{NOTEBOOK}/people/invitations/<str:key>/revoke", people.revoke, name="invitation-revoke"),
    path(f"{NOTEBOOK}/people/<str:user_id>/role", people.change_role, name="member-role"),
    path(f"{NOTEBOOK}/people/<str:user_id>/remove", people.remove, name="member-remove"),
    path(f"{NOTEBOOK}/leave", notebook_deeds.leave, name="notebook-leave"),
    path(f"{NOTEBOOK}/move", notebook_deeds.move, name="notebook-move"),
    path(f"{NOTEBOOK}/archive", notebook_deeds.archive, name="notebook-archive"),
    path(f"{NOTEBOOK}/unarchive", notebook_deeds.unarchive, name="notebook-unarchive"),
    path(f"{NOTEBOOK}/delete", notebook_deeds.delete, name="notebook-delete"),
    path(f"{NOTEBOOK}/restore", notebook_deeds.restore, name="notebook-restore"),
    path(f"{NOTEBOOK}/export", exports.begin, name="notebook-export"),
    path("exports/<str:export_id>/", exports.show, name="export"),
    path("exports/<str:export_id>/file", exports.file, name="export-file"),
    path(f"{NOTEBOOK}/notes/new", notes.new, name="notebook-note-new"),
    path("notes/new", notes.new, name="note-new"),
    path(f"{NOTE}/", notes.show, name="note"),
    path(f"{NOTE}/read", notes.read, name="note-read"),
    path(f"{NOTE}/rename", notes.rename, name="note-rename"),
    path(f"{NOTE}/reorder", note_deeds.reorder, name="note-reorder"),
    path(f"{NOTE}/move", note_deeds.move, name="note-move"),
    path(f"{NOTE}/archive", note_deeds.archive, name="note-archive"),
    path(f"{NOTE}/unarchive", note_deeds.unarchive, name="note-unarchive"),
    path(f"{NOTE}/delete", note_deeds.delete, name="note-delete"),
    path(f"{NOTE}/restore", note_deeds.restore, name="note-restore"),
]
