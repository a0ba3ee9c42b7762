import factory
from allauth.account.models import EmailAddress

from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User

PASSWORD = "counterpoint"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.LazyAttribute(lambda user: user.username.capitalize())
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password(PASSWORD)


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A token whose secret is `secret`, which the row itself does not keep."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"cp_{n:040x}")

    user = factory.SubFactory(UserFactory)
    name = "notebook"
    prefix = factory.LazyAttribute(lambda token: token.secret[:9])
    digest = factory.LazyAttribute(lambda token: ApiToken.digest_of(token.secret))
    scopes = [Scope.READ]
    expires_at = factory.LazyFunction(lambda: ApiToken.expiry(90))


class EmailAddressFactory(factory.django.DjangoModelFactory):
    """An address of a person's, confirmed as theirs."""

    class Meta:
        model = EmailAddress

    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(lambda address: address.user.email)
    verified = True
