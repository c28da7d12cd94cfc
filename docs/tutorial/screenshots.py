"""The pictures of "Tune by hand": ``python docs/tutorial/screenshots.py`` takes them anew.

It does in a browser what the page tells its reader to do; it needs playwright and a Chromium.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "figures"
SCENARIO = ROOT / "docs" / "examples" / "osaka.yaml"
MOVED = "calendar/summit/probability"
_ANSWERED = "() => document.querySelector('.status').textContent.includes('answer to your moves')"


def main(figures: Path = FIGURES, paths: int = 5000) -> None:
    from playwright.sync_api import sync_playwright

    serve = "from relsim.cli import main; main(prog_name='relsim')"
    words = [sys.executable, "-c", serve, "explore", "osaka.yaml", "--no-browser", "--paths", str(paths)]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        shutil.copy(SCENARIO, folder)
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 760})
        server = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        page.goto(server.stdout.readline().split()[1])
        page.wait_for_selector(".chart .main-svg", timeout=120_000)
        page.wait_for_timeout(3000)  # until the parameters are ranked
        page.screenshot(path=figures / "explore_start.png")
        move(page)
        page.screenshot(path=figures / "explore_moved.png")
        page.get_by_role("button", name="Keep").click()
        page.wait_for_function("() => document.querySelector('#keep pre').textContent.includes('set by hand')")
        page.screenshot(path=figures / "explore_keep.png")
        browser.close()
        server.send_signal(signal.SIGINT)
        server.wait()


def move(page: Any) -> None:
    """Set the summit's probability to 0.8, as the page says."""
    row = page.locator(f'[data-path="{MOVED}"]').first
    row.locator(".box").fill("0.8")
    row.locator(".box").press("Enter")
    page.wait_for_timeout(100)
    page.wait_for_function(_ANSWERED, timeout=60_000)
    page.evaluate("() => document.activeElement.blur()")


if __name__ == "__main__":
    main()
