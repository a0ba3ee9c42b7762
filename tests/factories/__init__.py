"""One factory a model: the least that is valid, nothing by chance."""
