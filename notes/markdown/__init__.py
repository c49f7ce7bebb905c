"""A note's Markdown, set as a page.

`render` is pure and may be slow on hostile text: only a process that can be killed calls it. Everybody else asks
`render_safely` (or `render_safely_async` on an event loop), which answers within seconds, whatever the text.

What comes out, for style sheets and scripts: each top-level piece is a
`<div id="block-1" class="block" data-lines="N">`, N being how many lines of the source it stands for (their running
sum is the line that a block begins at). In a block:

- `<div class="code"><span class="lang">python</span><pre tabindex="0"><code>` with spans of class k, s, n, c, f;
- `<figure class="mermaid"><pre>` holding a diagram's source as text;
- `<div class="math"><math display="block">` and `<math>` in a line; formulas that cannot be read are
  `<code class="tex">`;
- `<div class="callout callout-tip" role="note"><strong>Title</strong>`: note, tip, important, warning, caution;
- `<ul class="tasks"><li class="task"><span class="box on" role="img" aria-label="done">` and a `<div>`;
- `<a class="image">` in place of an image; `<section class="footnotes">`, `<sup class="fnref">`, `<a class="fnback">`;
- ids begin with `p-`, so that a heading never takes the name of a part of the page.
"""

from notes.markdown.render import render
from notes.markdown.rendered import Block, Heading, Rendered
from notes.markdown.safely import render_safely, render_safely_async

__all__ = ["Block", "Heading", "Rendered", "render", "render_safely", "render_safely_async"]
