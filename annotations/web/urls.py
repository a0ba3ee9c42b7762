"""Addresses of the Web Annotation Protocol, and of our words."""

from __future__ import annotations

from django.urls import include, path

from annotations.web import views

_HERE = "assignments/<uuid:assignment_id>/"

_protocol = [
    path(_HERE, views.ContainerView.as_view(), name="container"),
    path(f"{_HERE}<str:segment>", views.AnnotationView.as_view(), name="annotation"),
]

urlpatterns = [
    path("wa/", include((_protocol, "wa"))),
    path("ns/", views.terms, name="terms"),
]
