import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("RUN_FAULTS"):
        return
    skipped = pytest.mark.skip(reason="takes minutes: make faults")
    for item in items:
        if item.get_closest_marker("faults"):
            item.add_marker(skipped)
