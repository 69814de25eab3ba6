"""Whether a JSON document has the shape of a golden example: its names, and the kinds of its values."""

from itertools import chain


def differences(found: object, golden: object, where: str = "answer") -> list[str]:
    """How a document differs in shape from a golden one; an element of a list is held against the one it is most like.

    A null fits anything: what may be absent is so on either side.
    """
    if isinstance(found, dict) and isinstance(golden, dict):
        missing = [f"{where}.{name} is missing" for name in golden.keys() - found.keys()]
        extra = [f"{where}.{name} is not in the golden example" for name in found.keys() - golden.keys()]
        shared = found.keys() & golden.keys()
        inside = (differences(found[name], golden[name], f"{where}.{name}") for name in sorted(shared))
        return [*missing, *extra, *chain.from_iterable(inside)]
    if isinstance(found, list) and isinstance(golden, list):
        return [told for at, one in enumerate(found) for told in _best(one, golden, f"{where}[{at}]")]
    if found is None or golden is None or type(found) is type(golden):
        return []
    return [f"{where} is {type(found).__name__}, golden {type(golden).__name__}"]


def _best(one: object, golden: list[object], where: str) -> list[str]:
    """The differences from the golden element that it is most like."""
    return min((differences(one, other, where) for other in golden), key=len, default=[])
