"""Points, curves and the one camera of all pictures. Lengths are pixels of the sheet unless said otherwise."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Point3 = tuple[float, float, float]


class Dice:
    """Repeatable chance: the same seed draws the same picture on every machine."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2654435761 + 12345) % 2**32

    def between(self, low: float, high: float) -> float:
        """A number from `low` up to `high`."""
        self._state = (self._state * 1664525 + 1013904223) % 2**32
        return low + (high - low) * (self._state >> 8) / 2**24

    def one_of(self, options: Sequence[str]) -> str:
        """One of the options, each as likely."""
        return options[int(self.between(0, len(options) - 0.0001))]


def wave(seed: float, t: float) -> float:
    """A smooth wandering between -1 and 1 along `t`, different for every seed: the unsteadiness of a hand."""
    return (
        math.sin(t + seed * 12.9898) * 0.5
        + math.sin(t * 2.17 + seed * 78.233) * 0.3
        + math.sin(t * 4.31 + seed * 37.719) * 0.2
    )


def line(points: Iterable[Point], *, closed: bool = False) -> str:
    """Path data of straight lines through the points."""
    data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return data + "Z" if closed else data


def smooth(points: Sequence[Point], *, closed: bool = False) -> str:
    """Path data of a Catmull-Rom curve through the points."""
    count = len(points)
    data = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(count if closed else count - 1):
        if closed:
            before, here, there, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            before, here, there = points[max(i - 1, 0)], points[i], points[i + 1]
            after = points[min(i + 2, count - 1)]
        one = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        two = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        data.append(f"C{one[0]:.1f} {one[1]:.1f} {two[0]:.1f} {two[1]:.1f} {there[0]:.1f} {there[1]:.1f}")
    return "".join(data) + ("Z" if closed else "")


def ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    """Path data of a whole ellipse."""
    return f"M{cx - rx:.1f} {cy:.1f}a{rx:.1f} {ry:.1f} 0 1 0 {2 * rx:.1f} 0a{rx:.1f} {ry:.1f} 0 1 0 {-2 * rx:.1f} 0Z"


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Path data of a rectangle, with rounded corners when `radius` is given."""
    if not radius:
        return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}Z"
    r = radius
    return (
        f"M{x + r:.1f} {y:.1f}h{width - 2 * r:.1f}a{r} {r} 0 0 1 {r} {r}v{height - 2 * r:.1f}a{r} {r} 0 0 1 {-r} {r}"
        f"h{-(width - 2 * r):.1f}a{r} {r} 0 0 1 {-r} {-r}v{-(height - 2 * r):.1f}a{r} {r} 0 0 1 {r} {-r}Z"
    )


def sample(knots: Sequence[Point], t: float) -> float:
    """The height at `t` of a smooth curve through (t, height) knots in rising order of t."""
    t = min(max(t, knots[0][0]), knots[-1][0])
    i = next(k for k in range(len(knots) - 1) if t <= knots[k + 1][0])
    (t0, v0), (t1, v1) = knots[i], knots[i + 1]
    before = knots[i - 1] if i else (2 * t0 - t1, 2 * v0 - v1)
    after = knots[i + 2] if i + 2 < len(knots) else (2 * t1 - t0, 2 * v1 - v0)
    slope0 = (v1 - before[1]) / (t1 - before[0]) * (t1 - t0)
    slope1 = (after[1] - v0) / (after[0] - t0) * (t1 - t0)
    u = (t - t0) / (t1 - t0)
    return (
        (2 * u**3 - 3 * u**2 + 1) * v0
        + (u**3 - 2 * u**2 + u) * slope0
        + (3 * u**2 - 2 * u**3) * v1
        + (u**3 - u**2) * slope1
    )


@dataclass(frozen=True)
class Camera:
    """Parallel projection from a little above: x to the right, y towards the viewer, z up.

    `yaw` and `pitch` are degrees, `scale` is pixels per centimetre, `origin` is where (0, 0, 0) falls on the sheet.
    """

    origin: Point
    scale: float
    yaw: float = 0
    pitch: float = 20

    def see(self, point: Point3) -> Point:
        """Where a point of the scene (centimetres) falls on the sheet."""
        x, y, z = point
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        across = x * math.cos(yaw) + y * math.sin(yaw)
        towards = -x * math.sin(yaw) + y * math.cos(yaw)
        return (
            self.origin[0] + across * self.scale,
            self.origin[1] + (towards * math.sin(pitch) - z * math.cos(pitch)) * self.scale,
        )

    def shape(self, points: Iterable[Point3]) -> list[Point]:
        """The points as they fall on the sheet."""
        return [self.see(point) for point in points]

    def disc(self, centre: Point3, radius: float, steps: int = 72) -> list[Point]:
        """A level circle around `centre`, as points on the sheet."""
        x, y, z = centre
        turns = [2 * math.pi * i / steps for i in range(steps)]
        return self.shape((x + radius * math.cos(a), y + radius * math.sin(a), z) for a in turns)


def square(start: Point, end: Point, edge: Point) -> Point:
    """Where a shade from `start` towards `end` must end so that it runs at a right angle to the direction `edge`."""
    length = math.hypot(*edge)
    nx, ny = -edge[1] / length, edge[0] / length
    reach = (end[0] - start[0]) * nx + (end[1] - start[1]) * ny
    return (start[0] + nx * reach, start[1] + ny * reach)


def facing(points: Sequence[Point]) -> float:
    """Twice the signed area on the sheet: above zero when the points run clockwise as seen (y grows downwards)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))


def rounded(width: float, depth: float, radius: float, steps: int = 10) -> list[Point]:
    """The outline, in centimetres around the middle, of a rectangle with round corners."""
    corners = [(1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270)]
    outline = []
    for sx, sy, start in corners:
        cx, cy = sx * (width / 2 - radius), sy * (depth / 2 - radius)
        for i in range(steps + 1):
            turn = math.radians(start + 90 * i / steps)
            outline.append((cx + radius * math.cos(turn), cy + radius * math.sin(turn)))
    return outline
