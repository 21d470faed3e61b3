"""Makes docs/images/report.en.png and report.ko.png: the demo's report as Chromium draws it.

Usage: python scripts/make_picture.py     (make picture)

The demo is made anew in a temporary folder, with its usual seed, and nothing else is looked at.
Needs a Chromium or Chrome that is installed here; exits with 2 and says so where there is none.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sonnim.tables.words import LANGUAGES, set_language
from sonnim.workspace.demo_run import Demo
from sonnim.workspace.reporting import report

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = """No Chromium is installed here, which draws the picture. Install one and run it again:
  Debian:  sudo apt-get install chromium
  Ubuntu:  sudo snap install chromium
  macOS:   brew install --cask chromium
Or name one that stands elsewhere: CHROMIUM=/path/to/chrome make picture"""
WIDTH, HEIGHT = 1200, 1860
MOST_BYTES = 300_000
# The page is a file: nothing may be fetched, updated or asked for while it is drawn.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--virtual-time-budget=10000",
)


def browser() -> str:
    """Where a Chromium is, or ""."""
    named = os.environ.get("CHROMIUM", "")
    found = (shutil.which(name) for name in ((named,) if named else BROWSERS))
    return next((path for path in found if path), "")


def draw(chromium: str, page: Path, picture: Path) -> None:
    """Has the page drawn into a PNG file.

    Raises:
        RuntimeError: Chromium drew nothing; the text is what it said.
    """
    with tempfile.TemporaryDirectory(prefix="sonnim-chromium-", ignore_cleanup_errors=True) as own:
        done = subprocess.run(
            [
                chromium,
                *FLAGS,
                f"--user-data-dir={own}",
                f"--window-size={WIDTH},{HEIGHT}",
                f"--screenshot={picture}",
                # The light colours, whatever this machine prefers.
                f"{page.as_uri()}?theme=light",
            ],
            capture_output=True,
            check=False,
            text=True,
            timeout=300,
        )
    if done.returncode or not picture.is_file():
        raise RuntimeError(done.stderr.strip() or f"it ended with {done.returncode}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=PICTURES, help="folder of the pictures")
    parser.add_argument("--messages", type=int, default=6000, help="texts of the demo")
    arguments = parser.parse_args()
    chromium = browser()
    if not chromium:
        print(MISSING, file=sys.stderr)
        return 2
    arguments.out.mkdir(parents=True, exist_ok=True)
    too_large = []
    with tempfile.TemporaryDirectory(prefix="sonnim-picture-") as folder:
        demo = Demo.begin(Path(folder) / "demo", seed=7, messages=arguments.messages)
        list(demo.adding())
        demo.workspace.run()
        for language in LANGUAGES:
            set_language(language)
            page = Path(folder) / f"report.{language}.html"
            page.write_text(report(demo.workspace, language), encoding="utf-8")
            drawn = Path(folder) / f"report.{language}.png"
            try:
                draw(chromium, page, drawn)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print(f"{chromium} could not draw the report: {error}", file=sys.stderr)
                return 1
            size = drawn.stat().st_size
            picture = arguments.out / drawn.name
            if size > MOST_BYTES:
                too_large.append(f"{picture.name} has {size:,} bytes")
            shutil.move(drawn, picture)
            print(f"{picture} ({size / 1000:,.0f} kB)")
    if too_large:
        limit = f"at most {MOST_BYTES:,} are allowed"
        print(f"{'; '.join(too_large)}; {limit}: make WIDTH or HEIGHT smaller", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
