"""A workspace of any size, loaded in bulk, and what its pages cost."""
