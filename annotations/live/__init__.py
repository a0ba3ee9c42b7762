"""What tells an open reading page that something changed, and gives it what did.

`stream` says that something happened, `subscriptions` who listens, `filters` whom it may concern;
what it was is asked for through the permission door (`annotations.queries.changes`).
"""
