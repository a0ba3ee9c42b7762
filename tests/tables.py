"""Tables of who may do what, written so that a person reads them and a test runs them."""


def rows(text, *, keys):
    """The table's rows: the first `keys` words of each, and the columns that say yes as a set."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    return [
        (
            *line[:keys],
            {name for name, cell in zip(head[keys:], line[keys:], strict=True) if cell == "yes"},
        )
        for line in lines
    ]


def lines(text):
    """The table as (first word, {column: cell}), one for each line."""
    head, *others = (line.split() for line in text.strip().splitlines())
    return [(line[0], dict(zip(head[1:], line[1:], strict=True))) for line in others]
