"""Pages that span floors: the start page and a seminar's own page."""
