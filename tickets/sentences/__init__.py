"""What sentences say: moods, questions, promises, requests. Pure functions of text, en and de.

Every function reads at most `splitting.READ` characters, in time linear in their number, and
answers with spans into the text it was given.
"""
