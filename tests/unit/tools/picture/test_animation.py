"""Frames become one small picture that moves."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from tools.picture.animation import beside, save_gif


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def frame(number: int) -> Image.Image:
    """A page of few colours, with a gradient in it that grows."""
    image = Image.new("RGB", (200, 100), (20, 23, 27))
    draw = ImageDraw.Draw(image)
    draw.rectangle((5, 5, 40, 20), fill=(95, 211, 141))
    for x in range(number * 30):
        draw.line((50 + x, 30, 50 + x, 90), fill=(x * 2 % 256, 255 - x, 128))
    return image


def test_what_is_seen_at_each_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    save_gif([frame(number) for number in range(5)], 100, path)
    with Image.open(path) as saved:
        assert saved.n_frames == 5  # type: ignore[attr-defined]
        for number in range(5):
            saved.seek(number)
            shown = saved.convert("RGB")
            assert saved.info["duration"] == (2500 if number == 4 else 100)
            # The page's own colours are exact, in every frame; the others near.
            assert shown.getpixel((1, 1)) == (20, 23, 27)
            assert shown.getpixel((10, 10)) == (95, 211, 141)
            expected = frame(number).getpixel((65, 50))
            pairs = zip(shown.getpixel((65, 50)), expected, strict=True)  # type: ignore[arg-type]
            assert all(abs(one - other) < 16 for one, other in pairs)


def test_side_by_side() -> None:
    left, right = Image.new("RGB", (3, 2), "red"), Image.new("RGB", (4, 3), "blue")
    whole = beside(png(left), png(right))
    assert whole.size == (7, 3)
    assert whole.getpixel((0, 0)) == (255, 0, 0)
    assert whole.getpixel((3, 2)) == (0, 0, 255)
