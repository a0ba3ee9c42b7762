"""Who: people, their sign-in and their tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, with one sign-in for the pages and the administration."""

    name = "debate.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Send operators through the site's own sign-in, which counts failed attempts."""
        from allauth.account.decorators import secure_admin_login  # noqa: PLC0415 - needs the apps
        from django.contrib import admin  # noqa: PLC0415 - as above

        admin.site.site_header = admin.site.site_title = "Counterpoint administration"
        admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
