"""What the pages of a seminar show, each in a fixed number of queries."""
