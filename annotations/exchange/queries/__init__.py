"""What goes out of an assignment and what could come in; all read only."""
