"""Django's PostgreSQL backend, which looks at a kept connection instead of asking over it."""
