from collections.abc import Sequence

from tickets.briefing.items import Briefing
from tickets.briefing.rules.tried import FAILED
from tickets.macros.suggesting import Row, fitting_macro


def macro_for(briefing: Briefing, macros: Sequence[Row]) -> Row | None:
    """The macro for a briefing's next step, which is none that did not work for this issue."""
    steps = (line.item.params for line in briefing.slot("tried"))
    failed = [step["step"] for step in steps if "step" in step and step["how"] in FAILED]
    found = (fitting_macro(line.data, macros, failed=failed) for line in briefing.slot("next"))
    return next(filter(None, found), None)
