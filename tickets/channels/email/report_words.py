"""The words in which mail servers say why they returned a mail."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Of the recipient, whatever class of code a server puts before them.
NO_SUCH_PERSON = _any(
    r"user (?:is )?unknown",
    r"unknown (?:user|recipient|local[ -]part|account|mailbox)",
    r"no such (?:user|person|recipient|mailbox|local user|account|customer)",
    r"(?:user|recipient|mailbox|account|addressee)[^.;:]{0,60}(?:does not exist"
    r"|doesn'?t exist|doesn'?t have a)",
    r"recipient (?:name )?is not recogni[sz]ed",
    r"recipient not found",
    r"invalid (?:recipient|user|mailbox)",
    r"host does not accept mail",
    r"null mx",
    r"recipientnotfound",
    r"resolver\.adr",
    r"recipient address rejected: access denied",
    r"(?:account|domain) may not exist",
    r"domain is not reachable",
    r"見つかりません|存在しません",
)
# The words that filters use too, to say no more than they must.
UNKNOWN_USER = _any(r"user (?:is )?unknown", r"unknown user", r"no such user")
# Of a domain that may exist: nobody could tell.
BROKEN_NAME_SERVICE = _any(
    r"name service error[^;]{0,200}(?:malformed|unexpected|try again|server fail|timed out)",
)
# Of an address, host or domain that does not exist.
HARD = _any(
    r"user (?:is )?unknown",
    r"unknown (?:user|recipient|address|local[ -]part|account|mailbox)",
    r"no such (?:user|person|recipient|mailbox|address|local user|account|customer|domain|host)",
    r"(?:user|recipient|mailbox|account|address|addressee)[^.;:]{0,60}(?:does not exist"
    r"|doesn'?t exist|do not exist|not (?:be )?found|unknown|invalid"
    r"|no longer (?:valid|exists?|here|in use|available))",
    r"(?:invalid|bad|unrouteable|unroutable|nonexist[ae]nt|undeliverable) (?:recipient"
    r"|address|user|mailbox|destination)",
    r"not (?:a )?(?:known|valid|local|our|listed|registered)[^.;:]{0,20}(?:user|recipient"
    r"|customer|mailbox|address|domino)",
    r"(?:user|mailbox|account) (?:was |is )?not (?:exist|known|listed|local|here|valid|available)",
    r"(?:host|domain|server)[^.;:]{0,40}(?:unknown|not found|does not exist|no mx"
    r"|doesn'?t exist|not resolve)",
    r"(?:host|domain) (?:name )?(?:lookup|look up) fail",
    r"nxdomain",
    r"no (?:mx|a) records?",
    r"has moved",
    r"user has moved",
    r"does not like recipient",
    r"does not accept mail",
    r"null mx",
    r"there is no (?:one|user|such)",
    r"we do not have",
    r"isn'?t (?:in|a) (?:my|known)",
    r"[45]\d\d [\w-]{1,60}\.[\w.-]{1,200} does not exist",
    r"name service error",
    r"couldn'?t find any host",
    r"unable to find (?:any )?(?:host|mail|recipient)",
    r"recipientnotfound",
    r"resolver\.adr",
    r"existiert nicht",
    r"nicht gefunden",
    r"unbekannt",
    r"inconnu",
    r"no existe",
    r"inexistent",
)
# Of what may be over tomorrow.
SOFT = _any(
    r"quota",
    r"mailbox (?:is )?full",
    r"full mailbox",
    r"over ?(?:its )?(?:limit|quota|storage)",
    r"insufficient (?:system )?storage",
    r"not enough (?:space|storage)",
    r"out of (?:space|storage)",
    r"exceed",
    r"too (?:big|large|many)",
    r"timed? ?out",
    r"temporar",
    r"try again",
    r"later",
    r"greylist",
    r"deferred",
    r"refused",
    r"blocked",
    r"blacklist",
    r"blocklist",
    r"black list",
    r"reputation",
    r"spam",
    r"virus",
    r"policy",
    r"not permitted",
    r"denied",
    r"authenticat",
    r"dmarc",
    r"spf",
    r"dkim",
    r"reverse dns",
    r"ptr",
    r"rdns",
    r"suspend",
    r"disabled",
    r"inactive",
    r"relay",
    r"rejected due",
    r"content",
    r"sender",
    r"expired",
    r"retry",
)
