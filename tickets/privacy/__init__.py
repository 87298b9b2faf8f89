"""One person's data: handed out whole, or erased for good."""
