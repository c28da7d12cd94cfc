"""The report in a real browser: draws, answers to mouse and keyboard, is readable, prints, and asks nobody."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from reported import HOSTILE, SIZES, ComparisonPage, RunPage, opened

from relsim.result import said

LEAST_TEXT = 12.0
"""Pixels of the smallest text that counts as readable."""


@pytest.fixture(params=["run", "comparison"])
def file(request: pytest.FixtureRequest) -> Path:
    page: RunPage | ComparisonPage = request.getfixturevalue(f"{request.param}_page")
    return page.file


@pytest.mark.parametrize("width", SIZES)
def test_charts_are_drawn_without_a_complaint_or_a_request(chromium: Any, file: Path, width: int) -> None:
    with opened(chromium, file, width) as (page, wrong):
        charts = page.locator(".chart").all()
        assert len(charts) >= 2
        for chart in charts:
            box = chart.locator("svg.main-svg").first.bounding_box()
            assert box["width"] > 0.85 * (min(width, 1088) - 40)
            assert box["x"] + box["width"] <= width
            assert box["height"] > 200
            lines = chart.locator(".scatterlayer path.js-line").evaluate_all(
                "paths => paths.filter(path => path.getAttribute('d').length > 20).length"
            )
            assert lines >= 1
        assert wrong == []


def test_titles_that_would_be_scripts_are_text(chromium: Any, run_page: RunPage) -> None:
    assert "<script>window" not in run_page.file.read_text(encoding="utf-8")
    with opened(chromium, run_page.file) as (page, wrong):
        assert page.evaluate("window.pwned") is None
        assert page.locator("img:not(.model)").count() == 0
        assert page.title().replace("\xa0", " ") == HOSTILE
        assert page.locator("h1").inner_text().replace("\xa0", " ") == HOSTILE
        # In the chart's own text too, hover included.
        page.locator("#fan-relations").focus()
        page.keyboard.press("Home")
        page.locator("#by-when").focus()
        page.keyboard.press("End")
        assert "<script>window" in page.locator("#by-when .hoverlayer").text_content()
        assert page.evaluate("window.pwned") is None
        assert page.locator("#by-when b, #by-when script, #by-when img").count() == 0
        assert wrong == []


def visible_lines(page: Any, chart: str) -> int:
    return int(page.evaluate(f"document.getElementById('{chart}').data.filter(t => t.visible && t.meta?.name).length"))


def test_boxes_show_and_hide_outcomes_by_keyboard(chromium: Any, run_page: RunPage) -> None:
    with opened(chromium, run_page.file) as (page, wrong):
        boxes = page.locator('input[data-chart="by-when"]')
        assert boxes.count() == len(run_page.forecast.outcomes)
        before = visible_lines(page, "by-when")
        drawn = page.locator("#by-when .scatterlayer .trace").count()
        boxes.first.focus()
        page.keyboard.press("Space")
        assert visible_lines(page, "by-when") == before - 1
        assert page.locator("#by-when .scatterlayer .trace").count() == drawn - 1
        boxes.last.check()
        assert visible_lines(page, "by-when") == before
        assert wrong == []


def test_scenarios_and_outcomes_are_chosen_in_a_comparison(chromium: Any, comparison_page: ComparisonPage) -> None:
    comparison = comparison_page.comparison
    with opened(chromium, comparison_page.file) as (page, wrong):
        assert visible_lines(page, "by-when") == len(comparison.scenarios)
        curves = {}
        for outcome in page.locator('select[data-chart="by-when"] option').all():
            value = outcome.get_attribute("value")
            page.locator('select[data-chart="by-when"]').select_option(value)
            assert visible_lines(page, "by-when") == len(comparison.scenarios)
            curves[value] = page.evaluate(
                "document.getElementById('by-when').data.filter(t => t.visible).map(t => t.y[t.y.length - 1])"
            )
        for name, ends in ((name, curves[f"outcome {name}"]) for name in ("osaka", "fruit")):
            known = [100 * f.outcomes[name].probability for f in comparison.scenarios.values()]
            assert ends == pytest.approx(known, abs=0.006)
        page.locator('input[data-chart="overlay-relations"]').nth(1).uncheck()
        assert visible_lines(page, "overlay-relations") == len(comparison.scenarios) - 1
        assert visible_lines(page, "by-when") == len(comparison.scenarios)
        assert wrong == []


def test_arrow_keys_read_a_chart_aloud(chromium: Any, run_page: RunPage) -> None:
    forecast = run_page.forecast
    with opened(chromium, run_page.file) as (page, wrong):
        page.locator("#fan-relations").focus()
        page.keyboard.press("End")
        median = f"{forecast.indices['relations'].quantiles['0.5'][-1]:.1f}".replace("-", "\u2212")
        assert f"31 Dec 2019: median {median} (95 % of the paths" in page.locator("#fan-relations-readout").inner_text()
        page.keyboard.press("ArrowLeft")
        assert page.locator("#fan-relations-readout").inner_text().startswith("30 Dec 2019")
        page.locator("#by-when").focus()
        page.keyboard.press("End")
        told = page.locator("#by-when-readout").inner_text()
        for outcome in list(forecast.outcomes.values())[:5]:
            assert f"{round(100 * outcome.probability)} %" in told
        assert page.locator("#by-when .hoverlayer .hovertext, #by-when .hoverlayer .legend").count() >= 1
        assert wrong == []


def test_a_pointer_reads_values(chromium: Any, run_page: RunPage) -> None:
    with opened(chromium, run_page.file) as (page, wrong):
        chart = page.locator("#fan-relations")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 150)
        page.mouse.move(box["x"] + 0.7 * box["width"] + 3, box["y"] + 152)
        page.wait_for_selector("#fan-relations .hoverlayer text")
        assert "median" in chart.locator(".hoverlayer").text_content()
        assert wrong == []


@pytest.mark.parametrize("width", SIZES)
def test_nothing_is_too_wide_or_too_small(chromium: Any, file: Path, width: int) -> None:
    with opened(chromium, file, width) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            """least => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const found = [];
              while (walker.nextNode()) {
                const node = walker.currentNode, parent = node.parentElement;
                if (!node.textContent.trim() || parent.closest('script, style, noscript, title')) continue;
                const size = parseFloat(getComputedStyle(parent).fontSize);
                if (size < least) found.push(size + ' ' + node.textContent.slice(0, 40));
              }
              return found;
            }""",
            LEAST_TEXT,
        )
        assert small == []
        cut = page.evaluate(
            """() => [...document.querySelectorAll('.scrolls')].filter(
                 box => box.scrollWidth > box.clientWidth + 1 && box.tabIndex !== 0).length"""
        )
        assert cut == 0


@pytest.mark.parametrize("width", SIZES)
def test_chart_labels_stay_inside(chromium: Any, file: Path, width: int) -> None:
    with opened(chromium, file, width) as (page, _):
        outside = page.evaluate(
            """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
                 const box = chart.getBoundingClientRect();
                 return [...chart.querySelectorAll('.annotation text, .xtick text, .ytick text')]
                   .filter(text => { const r = text.getBoundingClientRect();
                                     return r.left < box.left - 1 || r.right > box.right + 1; })
                   .map(text => text.textContent);
               })"""
        )
        assert outside == []


def test_all_controls_are_reached_by_tab_and_the_focus_is_seen(chromium: Any, file: Path) -> None:
    with opened(chromium, file) as (page, _):
        page.evaluate(
            """() => document.querySelectorAll('input, select, .chart, summary, button, nav a, .scrolls').forEach(
                 (e, i) => { if (e.checkVisibility()) e.dataset.stop = i; })"""
        )
        wanted = set(page.evaluate("[...document.querySelectorAll('[data-stop]')].map(e => e.dataset.stop)"))
        reached, unseen = set(), []
        for _ in range(len(wanted) + 30):
            page.keyboard.press("Tab")
            stop, outline, name = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                     return [e.dataset.stop ?? null, s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth),
                             e.outerHTML.slice(0, 80)]; }"""
            )
            if stop is not None:
                reached.add(stop)
                if outline < 2:
                    unseen.append(name)
        assert wanted <= reached
        assert unseen == []


CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const shade = rgb => { const [r, g, b] = rgb.map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = element => { for (let e = element; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = []; let seen = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.textContent.trim() || e.closest('script, style, noscript, title') || !e.checkVisibility()) continue;
    const style = getComputedStyle(e), drawn = e.closest('svg');
    const text = parse(drawn ? style.fill : style.color).slice(0, 3);
    const behind = drawn ? [241, 241, 238] : ground(e);
    const [a, b] = [shade(text), shade(behind)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    seen += 1;
    if (ratio < (large ? 3 : 4.5)) poor.push(ratio.toFixed(2) + ' ' + node.textContent.slice(0, 40));
  }
  return [seen, poor];
}"""


def test_text_stands_out(chromium: Any, file: Path) -> None:
    """WCAG 2.1 AA; text in charts against the darkest grade band."""
    with opened(chromium, file) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        seen, poor = page.evaluate(CONTRAST)
        assert seen > 200
        assert poor == []


def test_it_prints(chromium: Any, file: Path) -> None:
    with opened(chromium, file) as (page, wrong):
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert pdf.startswith(b"%PDF")
        assert 3 <= pdf.count(b"/Type /Page\n") <= 40
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        widths = page.locator(".chart svg.main-svg").evaluate_all("all => all.map(svg => svg.clientWidth)")
        assert set(widths) == {680}
        assert not page.locator("nav").is_visible()
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(".chart svg.main-svg").first.evaluate("svg => svg.clientWidth") > 900
        assert wrong == []


def test_without_javascript_the_outcomes_are_there(chromium: Any, run_page: RunPage) -> None:
    with opened(chromium, run_page.file, scripts=False) as (page, _):
        text = " ".join(page.locator("main").inner_text().replace("\xa0", " ").split())
        for outcome in run_page.forecast.outcomes.values():
            assert f"{said(outcome)} {' '.join(outcome.title.split())}" in text
        assert "need JavaScript" in text


def test_links_lead_to_their_sections(chromium: Any, file: Path) -> None:
    with opened(chromium, file) as (page, _):
        links = page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
        assert len(links) > 5
        assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
        assert all(link.startswith("#") for link in links)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", SIZES)
def test_a_curve_ends_in_its_probability_and_its_parameter_range(chromium: Any, run_page: RunPage, width: int) -> None:
    """An upright bar from the one end of the range to the other, and the probability beside it, in order of height."""
    with opened(chromium, run_page.file, width) as (page, wrong):
        layout = page.evaluate(
            "(({shapes, annotations}) => ({shapes, annotations}))(document.getElementById('by-when').layout)"
        )
        shown = list(run_page.forecast.outcomes.values())[:5]
        bars = [(s["y0"], s["y1"]) for s in layout["shapes"] if s["type"] == "line"]
        ranges = [(o.weights_low, o.weights_high) for o in shown if o.weights_low is not None]
        assert sorted(bars) == [pytest.approx((100 * low, 100 * high)) for low, high in sorted(ranges)]
        assert len(ranges) >= 3
        ends = sorted(layout["annotations"], key=lambda note: note["yshift"])
        by_size = sorted(shown, key=lambda o: o.probability)
        for note, outcome in zip(ends, by_size, strict=True):
            assert said(outcome) in note["text"].replace("\xa0", " ")
        gaps = [b["yshift"] - a["yshift"] for a, b in pairwise(ends)]
        assert min(gaps) >= 15.9
        assert wrong == []


def test_own_questions_lead(chromium: Any, run_page: RunPage) -> None:
    """Questions of a built-in model come after the scenario's own, wherever questions stand."""
    outcomes = run_page.forecast.outcomes.values()
    order = [o.title for o in sorted(outcomes, key=lambda o: o.built_in)]
    with opened(chromium, run_page.file) as (page, _):
        heads = page.locator("#outcomes tbody th b").all_inner_texts()
        cards = page.locator(".headlines .title").all_inner_texts()
    plain = [" ".join(text.replace("\xa0", " ").removeprefix("built-in: ").split()) for text in heads]
    assert plain == [" ".join(title.split()) for title in order]
    assert [" ".join(text.replace("\xa0", " ").split()) for text in cards] == plain[:5]


def test_the_first_row_of_cards_prints_whole(chromium: Any, run_page: RunPage) -> None:
    """On paper the cards stand in rows, side by side, on the first sheet."""
    with opened(chromium, run_page.file) as (page, _):
        page.set_viewport_size({"width": 680, "height": 1000})
        page.emulate_media(media="print")
        boxes = page.locator(".headlines li").evaluate_all(
            "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"
        )
        first = [box for box in boxes if box[1] == boxes[0][1]]
        assert len(first) >= 3
        assert all(left >= 0 and right <= 680 and bottom < 1000 for left, _, right, bottom in first)


def test_the_model_is_a_picture_with_its_loops_in_words(chromium: Any, run_page: RunPage) -> None:
    with opened(chromium, run_page.file) as (page, wrong):
        section = page.locator("#model")
        loops = section.locator("li").all_inner_texts()
        assert loops
        assert all("gain" in loop for loop in loops if not loop.startswith("and "))
        if shutil.which("dot"):
            picture = section.locator("img")
            assert picture.get_attribute("alt")
            assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
        else:
            assert "Graphviz" in section.inner_text()
        assert wrong == []
