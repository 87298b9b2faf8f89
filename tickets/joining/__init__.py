"""Two records become one, or one becomes two, and the way back."""
