// A line of the feed is rendered once for everybody, so that it names its reader, too. Here that is "You".

export function startYou() {
  const feed = document.getElementById("feed");
  const me = document.querySelector(".side-me [data-person]")?.getAttribute("data-person");
  if (!feed || !me) return;
  const tell = () => {
    for (const line of feed.querySelectorAll(`:scope > li:has(> .face[data-person="${me}"])`)) {
      const actor = line.querySelector(".who");
      if (actor && actor.textContent !== "You") actor.textContent = "You";
    }
  };
  new MutationObserver(tell).observe(feed, { childList: true, characterData: true, subtree: true });
}
