"""Macros, the lint, promises and handing over. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import macros, promises, speech

urlpatterns = [
    path("promises/", promises.board, name="promises"),
    path("promises/<int:pk>/close", promises.close, name="promise-close"),
    path("promises/<int:pk>/move", promises.move, name="promise-move"),
    path("settings/macros", macros.macros, name="macros"),
    path("settings/macros/new", macros.new, name="macro-new"),
    path("settings/macros/<int:pk>", macros.edit, name="macro"),
    path("settings/macros/<int:pk>/archive", macros.archive, name="macro-archive"),
    path("t/<int:number>/macro", macros.insert, name="macro-insert"),
    path("t/<int:number>/lint", speech.lint, name="lint"),
    path("t/<int:number>/suggestions/<int:pk>/track", speech.track, name="suggestion-track"),
    path("t/<int:number>/suggestions/<int:pk>/decline", speech.decline, name="suggestion-decline"),
    path("t/<int:number>/hand-over", speech.give, name="hand-over"),
    path("t/<int:number>/hand-over/<int:pk>", speech.acknowledge, name="hand-over-read"),
]
