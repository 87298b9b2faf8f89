"""What every API view shares: tokens, problems, pages, limits."""
