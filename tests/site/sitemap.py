"""Every address of the site, by the name of its pattern."""

from django.urls import URLResolver, get_resolver

# What other packages bring; whoever may call these is their matter, tested in test_urls.py.
ADMIN = "admin"
ALLAUTH = "allauth."


def patterns():
    """Every URL pattern of the site as (name with namespace, route, view)."""
    return list(_below(get_resolver(), namespace="", route=""))


def _below(resolver, *, namespace, route):
    for one in resolver.url_patterns:
        here = f"{route}{one.pattern}"
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _below(one, namespace=inside, route=here)
        else:
            yield f"{namespace}{one.name or ''}", here, one.callback


def is_third_party(name, view):
    """Whether the pattern is of the admin or of allauth."""
    return name.startswith(f"{ADMIN}:") or view.__module__.startswith(ALLAUTH)


def own_patterns():
    """The patterns of the project's own views."""
    return [one for one in patterns() if not is_third_party(one[0], one[2])]


def third_party_patterns():
    """The patterns that the admin and allauth bring."""
    return [one for one in patterns() if is_third_party(one[0], one[2])]
