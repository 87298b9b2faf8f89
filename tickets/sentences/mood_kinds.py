"""The kinds of mood cues (BRIEFING 3.5)."""

REPEAT = "repeat"
WAITING = "waiting"
STRONG = "strong"
LEAVING = "leaving"
