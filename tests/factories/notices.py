import uuid

import factory
from django.utils import timezone

from debate.notices.models import Delivery, Mute, Notice, Preference
from tests.factories.accounts import UserFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    recipient = factory.SubFactory(UserFactory)
    kind = "reply"
    object_id = factory.LazyFunction(uuid.uuid4)
    context_id = factory.SelfAttribute("object_id")


class DeliveryFactory(factory.django.DjangoModelFactory):
    """An e-mail that is due."""

    class Meta:
        model = Delivery

    notice = factory.SubFactory(NoticeFactory)
    cadence = "at_once"
    due_at = factory.LazyFunction(timezone.now)


class PreferenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Preference

    user = factory.SubFactory(UserFactory)
    kind = "reply"
    cadence = "never"


class MuteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mute

    user = factory.SubFactory(UserFactory)
    context_id = factory.LazyFunction(uuid.uuid4)
