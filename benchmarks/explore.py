"""``relsim explore`` in a browser: how soon the first answer stands, and how many moves change the numbers in 300 ms.

Measured in the page, from the control's event to the changed table, on Osaka and 5,000 paths. Needs playwright and a
Chromium; wants two idle cores.
"""

from __future__ import annotations

import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "osaka_2019" / "scenario.yaml"
PATHS = 5000
WITHIN = 300
"""Milliseconds."""
EACH = 6
"""Moves of each parameter."""
PARAMETERS = (
    "calendar/osaka_meeting/probability",
    "events/accusation/rate",
    "events/sanctions_minor.us/rate",
    "variables/tone/half_life",
    "events/incident/rate",
)
_ANSWERED = "() => document.querySelector('.status').textContent.includes('answer to your moves')"


def main() -> None:
    from playwright.sync_api import sync_playwright

    serve = "from relsim.cli import main; main(prog_name='relsim')"
    words = [sys.executable, "-c", serve, "explore", str(SCENARIO), "--no-browser", "--paths", str(PATHS)]
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        started = time.perf_counter()
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        page.goto(server.stdout.readline().split()[1])
        page.wait_for_selector("#outcomes table")
        first = time.perf_counter() - started
        page.wait_for_selector(".chart .main-svg")
        page.wait_for_timeout(4000)  # what is ranked in the background has been
        for path in PARAMETERS:
            page.locator("#search").fill(path)
            slider = page.locator(f'[aria-label="Parameters found"] [data-path="{path}"] input[type=range]')
            slider.press("Home")
            for _ in range(EACH):
                slider.press("PageUp")
                page.wait_for_timeout(100)
                page.wait_for_function(_ANSWERED)
                page.wait_for_timeout(250)  # judged in the background
        times = page.evaluate("performance.getEntriesByName('numbers').map(entry => entry.duration)")
        browser.close()
        server.send_signal(signal.SIGINT)
        server.wait()
    share = sum(t <= WITHIN for t in times) / len(times)
    ninth = statistics.quantiles(times, n=10)[-1]
    print(f"first answer {first:.1f} s after the command, {PATHS:,} paths")
    print(f"{len(times)} moves: median {statistics.median(times):.0f} ms, 90 % within {ninth:.0f} ms")
    print(f"{100 * share:.0f} % of the moves changed the numbers within {WITHIN} ms")


if __name__ == "__main__":
    main()
