"""The embedded default: an instance with its own PostgreSQL and Valkey, for one machine.

`up` is the start in order; `servers` decides what is embedded; `postgres`, `account` and `valkey`
know the two servers; `supervisor`, `child`, `launch`, `journal` and `locks` keep processes running,
heard and alone. Nothing here loads Django's settings but the two management commands.
"""
