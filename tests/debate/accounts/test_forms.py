"""What people type about themselves."""

from debate.accounts.forms import time_zone_choices


def test_time_zones_offered_are_places_and_utc():
    names = [name for name, _ in time_zone_choices()]

    assert names[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(names)
    assert not {"EST", "Etc/GMT+3", "US/Eastern"} & set(names)
