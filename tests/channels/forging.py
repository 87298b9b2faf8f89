"""Mails that claim, without knowing a token of ours, to belong to somebody's ticket."""

import base64
import random
import struct
from collections.abc import Callable

from helpdesk.lib.tokens import make_reply_token
from tests.channels.mails import STRANGER, mail

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
DOMAIN = "localhost.example"


class Forger:
    """Knows the ticket's number, id and mails of its customer, and how tokens are made; no key."""

    def __init__(self, *, ticket_id: int, number: int, customer_id: int, token: str) -> None:
        self.ticket_id, self.number, self.customer_id = ticket_id, number, customer_id
        self.token = token

    def mail(self, seed: int) -> bytes:
        """A forged mail of a stranger; the same for the same seed."""
        chance = random.Random(seed)  # noqa: S311 - must repeat, not be secret
        forged = chance.choice(self.kinds)(chance)
        address = f"{chance.choice(['reply', 'support', 'Reply'])}+{forged}@{DOMAIN}"
        mail_id = f"<{forged}.{chance.randrange(10**9)}@{chance.choice([DOMAIN, 'x.example'])}>"
        theirs = chance.choice(["<1@example.com>", "<1@EXAMPLE.com>", f"<{self.number}@{DOMAIN}>"])
        places = {
            "to": address,
            "Cc": address,
            "Delivered_To": address,
            "X_Original_To": address,
            "In_Reply_To": chance.choice([mail_id, theirs]),
            "References": f"{theirs} {mail_id}",
            "Message_ID": chance.choice([mail_id, theirs]),
            "subject": f"Re: [#{self.number}] {forged}",
            "Thread_Index": forged,
            "X_Ticket": str(self.number),
        }
        used = chance.sample(sorted(places), chance.randint(1, 5))
        return mail(f"Forgery {seed}", sender=STRANGER, **{name: places[name] for name in used})

    @property
    def kinds(self) -> list[Callable[[random.Random], str]]:
        return [self.changed, self.cut, self.long, self.wrong_key, self.wrong_mac, self.spelled]

    def changed(self, chance: random.Random) -> str:
        """The real token but for some letters."""
        letters = list(self.token)
        for place in chance.sample(range(len(letters)), chance.randint(1, 8)):
            letters[place] = chance.choice(ALPHABET.replace(letters[place], ""))
        return "".join(letters)

    def cut(self, chance: random.Random) -> str:
        return self.token[: chance.randrange(1, len(self.token))]

    def long(self, chance: random.Random) -> str:
        return self.token + str(chance.choice([*ALPHABET, self.token]))

    def wrong_key(self, chance: random.Random) -> str:
        version = chance.randrange(256)
        return make_reply_token(
            self.ticket_id, self.customer_id, key=chance.randbytes(32), key_version=version
        )

    def wrong_mac(self, chance: random.Random) -> str:
        """The real token's MAC under other fields, or real fields under another MAC."""
        data = base64.b32decode(self.token.upper() + "===")
        if chance.random() < 0.5:
            data = data[:17] + chance.randbytes(16)
        else:
            other = struct.pack(">BQQ", data[0], self.ticket_id, chance.randrange(2**32))
            data = other + data[17:]
        return base64.b32encode(data).decode().rstrip("=").lower()

    def spelled(self, chance: random.Random) -> str:
        """What looks like the token to the eye, or to a careless reader."""
        swaps = {"o": "0", "l": "1", "i": "1", "b": "8", "a": "\N{CYRILLIC SMALL LETTER A}"}
        swapped = "".join(swaps.get(letter, letter) for letter in self.token)
        return chance.choice([swapped, f"-{self.token}", self.token[1:] + "=", self.token[::-1]])
