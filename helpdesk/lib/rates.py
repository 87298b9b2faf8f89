"""How often something happened lately, counted in the cache that all processes share."""

from django.core.cache import cache


def count_within(key: str, seconds: int) -> int:
    """Count one more within a window that starts with the first count, and return how many.

    Raises redis.RedisError when Valkey is away.
    """
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # the window closed between the two
        cache.add(key, 1, seconds)
        return 1
