"""One finger on a page: what is too small for it, and a line that it draws."""

from __future__ import annotations

SIZES = """all => all.filter(one => one.checkVisibility({ opacityProperty: true })).map(one => {
  const { width, height } = one.getBoundingClientRect();
  return [one.className || one.textContent, Math.round(width), Math.round(height)];
})"""


def find_small(page):
    """What can be pressed and is lower than a finger is wide; ticks of notes have buttons below the bar."""
    found = page.locator(".pixnb :is(button:not(.bar-tick), select, input)").evaluate_all(SIZES)
    assert found
    return [one for one in found if one[2] < 40 or (one[1] < 40 and not one[0].startswith("wall-star"))]


def swipe(page, start, end, *, steps=6):
    """Draw one finger from a point to another."""
    finger = page.context.new_cdp_session(page)

    def touch(kind, points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [{"x": start[0], "y": start[1]}])
    for step in range(1, steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        touch("touchMove", [{"x": x, "y": y}])
    touch("touchEnd", [])


__all__ = ["find_small", "swipe"]
