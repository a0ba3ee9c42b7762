"""A client that keeps a copy by the change feed, as a client of the API would."""

from dataclasses import dataclass, field

FEED = "/api/v1/changes/"


@dataclass
class Mirror:
    """What one client knows: its objects by type and id, and all that it was told."""

    client: object
    address: str = FEED
    query: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    cursor: str = ""
    told: list = field(default_factory=list)
    resets: list = field(default_factory=list)

    def pull(self, limit=200):
        """Take in all there is; returns the items of this pull."""
        before = len(self.told)
        more = True
        while more:
            query = {**self.query, "limit": limit}
            given = self.client.get(
                self.address, query | ({"since": self.cursor} if self.cursor else {})
            )
            if given.status_code == 410:
                self.resets.append(given.json()["code"])
                self.objects, self.cursor = {}, ""
                continue
            assert given.status_code == 200, given.content
            page = given.json()
            for item in page["results"]:
                self._take(item)
            self.cursor, more = page["cursor"], page["more"]
            assert (page["next"] is not None) == more
        return self.told[before:]

    def _take(self, item):
        self.told.append(item)
        thing = item["type"], item["id"]
        if item["op"] == "withdraw":
            assert item["object"] is None
            self.objects.pop(thing, None)
        else:
            self.objects[thing] = item["object"]


def full(client, address=FEED, **query):
    """All objects as a client has them that begins now."""
    one = Mirror(client, address, query)
    one.pull()
    return one.objects


def said(items):
    """What was told, in short."""
    return [(one["op"], one["type"], one["id"]) for one in items]
