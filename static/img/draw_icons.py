"""
Draw the icons of the installed application from the product's mark.

`python static/img/draw_icons.py` writes the PNG files beside itself. The mark keeps to the inner
half of the maskable icon, for a phone may cut away everything outside a circle of 80 %.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ACCENT, PAPER = "#0b5d63", "#ffffff"
# Name of the file: (side in px, how much of the side the mark takes, whether corners are round).
ICONS = {
    "icon-192.png": (192, 0.94, True),
    "icon-512.png": (512, 0.94, True),
    "icon-maskable-192.png": (192, 0.66, False),
    "icon-maskable-512.png": (512, 0.66, False),
    "icon-apple-180.png": (180, 0.8, False),
}


def picture(side: int, share: float, *, is_round: bool) -> str:
    """A page that holds the icon and nothing else."""
    mark = (HERE / "mark.svg").read_text(encoding="utf-8")
    size, gap = side * share, side * (1 - share) / 2
    paper = "" if is_round else f'<rect width="{side}" height="{side}" fill="{ACCENT}"/>'
    return (
        f'<body style="margin:0;color:{ACCENT};--surface:{PAPER}">{mark}'
        f'<svg style="position:absolute;inset:0" width="{side}" height="{side}">{paper}'
        f'<use href="#mark" x="{gap}" y="{gap}" width="{size}" height="{size}"/></svg>'
    )


def draw() -> None:
    """Write every icon."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (side, share, is_round) in ICONS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(picture(side, share, is_round=is_round))
            page.screenshot(path=HERE / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    draw()
