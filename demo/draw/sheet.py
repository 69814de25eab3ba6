"""A sheet of paper to draw on: SVG with the means of these prints, flat paint, stippled shade and a hand's edge."""

from collections.abc import Iterator
from contextlib import contextmanager

from demo.draw.geometry import Point, box
from demo.draw.palette import PAPER

_GRAIN = (
    '<filter id="{id}" x="-4%" y="-4%" width="108%" height="108%" color-interpolation-filters="sRGB">'
    '<feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="2" seed="7"/>'
    '<feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2.6 0 0 0 -0.8" result="noise"/>'
    '<feComposite in="SourceAlpha" in2="noise" operator="arithmetic" k2="1.02" k3="1" k4="-1"/>'
    '<feComponentTransfer result="dots"><feFuncA type="linear" slope="2.4"/></feComponentTransfer>'
    '<feFlood flood-color="{colour}"/><feComposite in2="dots" operator="in"/></filter>'
)
# The edge of paint wanders by a pixel or two; the finer noise leaves it a little dry.
_HAND = (
    '<filter id="hand" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">'
    '<feTurbulence type="fractalNoise" baseFrequency="0.012" numOctaves="2" seed="{seed}" result="slow"/>'
    '<feDisplacementMap in="SourceGraphic" in2="slow" scale="4.5" xChannelSelector="R" yChannelSelector="G"/></filter>'
)
_TOOTH = (
    '<filter id="tooth" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">'
    '<feTurbulence type="fractalNoise" baseFrequency="0.7" numOctaves="2" seed="{seed}"/>'
    '<feColorMatrix values="0 0 0 0 0.24 0 0 0 0 0.19 0 0 0 0 0.12 0.5 0 0 0 -0.2"/></filter>'
    '<filter id="brush" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">'
    '<feTurbulence type="fractalNoise" baseFrequency="0.0022 0.014" numOctaves="3" seed="{seed}"/>'
    '<feColorMatrix values="0 0 0 0 1 0 0 0 0 0.97 0 0 0 0 0.9 1.1 0 0 0 -0.46"/></filter>'
)


class Sheet:
    """Collects shapes and gives them back as one SVG document of `width` by `height` pixels."""

    def __init__(self, width: int, height: int, *, seed: int, ground: str = PAPER) -> None:
        self.width, self.height = width, height
        self._seed = seed
        self._defs: dict[str, str] = {}
        self._body: list[str] = []
        self.path(box(-20, -20, width + 40, height + 40), ground)

    def _define(self, key: str, template: str) -> str:
        if key not in self._defs:
            self._defs[key] = template.replace("{id}", f"d{len(self._defs)}")
        return self._defs[key].split('id="', 1)[1].split('"', 1)[0]

    def path(
        self,
        data: str,
        fill: str = "none",
        *,
        stroke: str = "none",
        width: float = 0,
        opacity: float = 1,
        cap: str = "round",
        extra: str = "",
    ) -> None:
        """Lays one flat shape: a fill, a stroke or both."""
        line = f' stroke="{stroke}" stroke-width="{width:.1f}" stroke-linecap="{cap}"' if stroke != "none" else ""
        see = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(
            f'<path d="{data}" fill="{fill}" fill-rule="evenodd" stroke-linejoin="round"{line}{see}{extra}/>'
        )

    def line(
        self, data: str, stroke: str, width: float, *, opacity: float = 1, dash: str = "", cap: str = "round"
    ) -> None:
        """Lays one line of paint."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.path(data, stroke=stroke, width=width, opacity=opacity, cap=cap, extra=extra)

    def gradient(self, start: Point, end: Point, stops: list[tuple[float, str, float]]) -> str:
        """A linear gradient between two points; stops are (offset, colour, opacity). Gives the value of a fill."""
        inner = "".join(f'<stop offset="{o}" stop-color="{c}" stop-opacity="{a:.3f}"/>' for o, c, a in stops)
        template = (
            f'<linearGradient id="{{id}}" gradientUnits="userSpaceOnUse" x1="{start[0]:.1f}" y1="{start[1]:.1f}" '
            f'x2="{end[0]:.1f}" y2="{end[1]:.1f}">{inner}</linearGradient>'
        )
        return f"url(#{self._define(template, template)})"

    def glow(self, centre: Point, radius: float, stops: list[tuple[float, str, float]]) -> str:
        """A round gradient from `centre` outwards; gives the value of a fill."""
        inner = "".join(f'<stop offset="{o}" stop-color="{c}" stop-opacity="{a:.3f}"/>' for o, c, a in stops)
        template = (
            f'<radialGradient id="{{id}}" gradientUnits="userSpaceOnUse" cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" '
            f'r="{radius:.1f}">{inner}</radialGradient>'
        )
        return f"url(#{self._define(template, template)})"

    def shade(
        self,
        data: str,
        colour: str,
        start: Point,
        end: Point,
        *,
        strength: float = 0.7,
        rest: float = 0.0,
        coarse: bool = False,
    ) -> None:
        """Stipples `colour` over a shape, dense at `start` and thinning out towards `end`, like a grainy print."""
        frequency = 0.45 if coarse else 0.8
        key = f"grain {colour} {frequency}"
        name = self._define(key, _GRAIN.replace("{colour}", colour).replace("{frequency}", str(frequency)))
        fill = self.gradient(start, end, [(0, "#000", strength), (1, "#000", rest)])
        self._body.append(f'<path d="{data}" fill="{fill}" fill-rule="evenodd" filter="url(#{name})"/>')

    def halo(self, data: str, colour: str, centre: Point, radius: float, *, strength: float = 0.7) -> None:
        """Stipples `colour` over a shape, dense at `centre` and gone at `radius`."""
        key = f"grain {colour} 0.8"
        name = self._define(key, _GRAIN.replace("{colour}", colour).replace("{frequency}", "0.8"))
        fill = self.glow(centre, radius, [(0, "#000", strength), (1, "#000", 0)])
        self._body.append(f'<path d="{data}" fill="{fill}" fill-rule="evenodd" filter="url(#{name})"/>')

    @contextmanager
    def within(self, data: str) -> Iterator[None]:
        """Whatever is laid inside this block shows only within the shape."""
        template = f'<clipPath id="{{id}}"><path d="{data}" clip-rule="evenodd"/></clipPath>'
        self._body.append(f'<g clip-path="url(#{self._define(template, template)})">')
        yield
        self._body.append("</g>")

    @contextmanager
    def group(self, *, transform: str = "", opacity: float = 1, blend: str = "") -> Iterator[None]:
        """Lays a block together: moved, faint, or blended (`multiply`, `screen`) with what lies under it."""
        style = f' style="mix-blend-mode:{blend}"' if blend else ""
        move = f' transform="{transform}"' if transform else ""
        self._body.append(f'<g opacity="{opacity}"{move}{style}>')
        yield
        self._body.append("</g>")

    def svg(self) -> str:
        """The whole picture, with the tooth of the paper over everything."""
        seed = str(self._seed)
        defs = "".join(self._defs.values()) + _TOOTH.replace("{seed}", seed) + _HAND.replace("{seed}", seed)
        full = f'<rect width="{self.width}" height="{self.height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}"><defs>{defs}</defs>'
            f'<g filter="url(#hand)">{"".join(self._body)}</g>'
            f'{full} filter="url(#brush)" opacity="0.3"/>{full} filter="url(#tooth)" opacity="0.42"/></svg>'
        )
