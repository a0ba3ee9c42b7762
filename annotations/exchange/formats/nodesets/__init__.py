"""What AIFdb's nodesets and xAIF have in common: the graph, its rules, to a document and back."""
