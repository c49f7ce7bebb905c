"""Accessibility as axe-core sees it."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from core.lib.env import BASE_DIR

SCRIPT = BASE_DIR / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}}  # WCAG 2.2, off by default
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
RUN = """async (options) => {
    // Colours that are on their way from one theme to the other are neither. They set out with the next frame.
    const frame = () => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
    const passing = (it) => it.effect.getComputedTiming().iterations !== Infinity;
    await frame();
    for (let patience = 100; patience && document.getAnimations().some(passing); patience--) await frame();
    const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
    const said = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message)[0];
    // What the edge of a list cuts in two is as large as ever once it is scrolled in.
    const scrolls = (it) => it.scrollHeight > it.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(it).overflowY);
    const inList = (it) => it && it !== document.body && (scrolls(it) || inList(it.parentElement));
    const cut = (node) => said(node).includes("partially obscured") && inList(document.querySelector(node.target[0]));
    return violations.map(({ id, help, nodes }) => ({ id, help,
        nodes: nodes.filter((node) => id !== "target-size" || !cut(node))
            .map((node) => `${node.target.join(" ")}: ${said(node)}`),
    })).filter(({ nodes }) => nodes.length);
}"""


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, options: dict[str, Any] = EVERYTHING) -> list[str]:
    """A line for each rule that the page breaks, with the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found: list[dict[str, Any]] = page.evaluate(RUN, options)
    return [f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(rule["nodes"][:5]) for rule in found]
