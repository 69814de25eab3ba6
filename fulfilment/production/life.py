"""The life of a task, and of what keeps a workshop from one; each on one screen. Pure."""

TASK = {
    "waiting": {"accept": "accepted", "decline": "declined", "cancel": "cancelled", "move": "moved"},
    "accepted": {"start": "making", "undo": "waiting", "cancel": "cancelled", "move": "moved"},
    "making": {"finish": "ready", "undo": "accepted", "cancel": "cancelled", "move": "moved"},
    "ready": {
        "ship_part": "ready",
        "ship_all": "shipped",
        "drop_rest": "shipped",
        "undo": "making",
        "cancel": "cancelled",
        "move": "moved",
    },
    "shipped": {"deliver": "delivered"},
    "delivered": {"undo_delivery": "shipped"},
    "declined": {"take_back": "waiting", "cancel": "cancelled", "move": "moved"},
    "cancelled": {},
    "moved": {},
}
"""State of a task → event → next state.

`undo`: the step that led here was pressed by mistake. `drop_rest`: what was not shipped yet is asked of this workshop
no longer. `cancel`: nothing of it is wanted any more. `decline`: the workshop will not make it, and `take_back`: it
will after all. `move`: another workshop makes all of it (nothing had left here).
"""

IMPEDIMENT = {
    "open": {"settle": "settled", "take_back": "taken_back", "end": "over"},
    "settled": {"end": "over"},
    "taken_back": {},
    "over": {},
}
"""State of an impediment → event → next state.

`settle`: the operator answered it (agreed to the later day, answered what the work waits for). `take_back`: the
workshop said it by mistake. `end`: it is in nobody's way any more: work goes on, is done, or is somebody else's.
"""
