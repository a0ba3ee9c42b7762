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


def cells(text):
    """The table as (first word, name of the column, cell), one for each cell."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    return [
        (line[0], name, cell)
        for line in lines
        for name, cell in zip(head[1:], line[1:], strict=True)
    ]
