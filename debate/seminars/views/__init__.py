"""The pages of a seminar that are not its essays: people, groups, settings."""
