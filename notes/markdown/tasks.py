"""Task lists: `- [x] done`. The boxes are pictures, not controls: the text is changed in the editor."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notes.markdown.rules import draw

BOXES = {
    True: '<span class="box on" role="img" aria-label="done">✓</span>',
    False: '<span class="box" role="img" aria-label="to do"></span>',
}


def install(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "tasks", mark_tasks)
    draw(md, "list_item_open", _open)
    draw(md, "list_item_close", lambda token: "</div></li>\n" if token.meta["wrap"] else "</li>\n")


def mark_tasks(state: StateCore) -> None:
    """Names the lists that hold a task, and their items: an item's words are wrapped, to stand beside the box."""
    lists: list[bool] = []
    for token in state.tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("class" in token.attrs)
            if lists[-1]:
                token.attrs["class"] = "tasks"
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            token.meta = {**token.meta, "wrap": lists[-1]}
        elif token.type == "list_item_close":
            token.meta = {"wrap": lists[-1]}


def _open(token: Token) -> str:
    if not token.meta["wrap"]:
        return "<li>"
    if "checked" not in token.meta:
        return "<li><div>"
    return f'<li class="task">{BOXES[token.meta["checked"]]}<div>'
