"""Frames → an animated GIF with one palette, so that what does not change costs nothing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from PIL import Image

Colour = tuple[int, int, int]

_LAST_FRAME_MS = 2500
# A palette has 256 colours: one stands for "as before". These many are the page's own, exactly as they are.
_COLOURS = 255
_PAGE_COLOURS = 40


def beside(left: bytes, right: bytes) -> Image.Image:
    """Return two PNGs side by side."""
    one, other = Image.open(io.BytesIO(left)), Image.open(io.BytesIO(right))
    whole = Image.new("RGB", (one.width + other.width, max(one.height, other.height)))
    whole.paste(one, (0, 0))
    whole.paste(other, (one.width, 0))
    return whole


def save_gif(frames: Sequence[Image.Image], milliseconds: int, path: Path) -> None:
    """Write it: each frame for that long, the last one for longer, again and again."""
    chosen = [frames[0], frames[len(frames) // 2], frames[-1]]
    counted = Counter(chain.from_iterable(_pixels(one) for one in chosen))
    own = [colour for colour, _ in counted.most_common(_PAGE_COLOURS)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(own), *_other_colours(chosen, _COLOURS - len(own))])
    first, *others = [_reduced(one, palette, own) for one in frames]
    durations = [milliseconds] * len(others) + [_LAST_FRAME_MS]
    first.save(path, save_all=True, append_images=others, duration=durations, loop=0, disposal=1)


def _pixels(image: Image.Image) -> Iterator[Colour]:
    parts = iter(image.tobytes())
    return zip(parts, parts, parts, strict=True)


def _other_colours(images: Sequence[Image.Image], count: int) -> list[int]:
    whole = Image.new("RGB", (images[0].width, sum(one.height for one in images)))
    top = 0
    for one in images:
        whole.paste(one, (0, top))
        top += one.height
    return whole.quantize(count).getpalette() or []


def _reduced(frame: Image.Image, palette: Image.Image, own: Sequence[Colour]) -> Image.Image:
    """Return the frame in the palette's colours: the page's own exactly, the others nearly."""
    exact = {colour: index for index, colour in enumerate(own)}
    near = frame.quantize(palette=palette, dither=Image.Dither.NONE)
    found = zip(_pixels(frame), near.tobytes(), strict=True)
    reduced = Image.frombytes("P", frame.size, bytes(exact.get(colour, index) for colour, index in found))
    reduced.putpalette(palette.getpalette() or [])
    return reduced
