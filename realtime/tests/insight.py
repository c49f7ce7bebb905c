"""What an Admission holds, as plain data that can be compared. Looks inside on purpose: leftovers are leaks."""

from typing import Any

from realtime.admission import Admission


def inside(admission: Admission) -> dict[str, Any]:
    """Everything, down to empty containers."""
    return {
        "clocks": dict(admission.clocks),
        "deleted": {client: (list(r.starts), list(r.ends)) for client, r in admission.deleted.items()},
        "deleted units": admission.deleted_units,
        "units": admission.units,
        "owners": dict(admission.owners),
        "reserved": dict(admission.reserved),
        "halves": {client: set(halves) for client, halves in admission._halves.items()},
    }


def without_forgotten_halves(held: dict[str, Any]) -> dict[str, Any]:
    """But for characters that are deleted: a snapshot does not say what they were, and nobody can cut them visibly."""
    halves = {}
    for client, clocks in held["halves"].items():
        starts, ends = held["deleted"].get(client, ([], []))
        gone = {clock for start, end in zip(starts, ends, strict=True) for clock in range(start, end)}
        if clocks - gone:
            halves[client] = clocks - gone
    return {**held, "halves": halves}
