"""Django's PostgreSQL backend on the server that the application brings along (see ``core.postgres``)."""
