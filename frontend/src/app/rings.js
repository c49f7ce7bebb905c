// Who is here wears a ring, wherever their face stands. The live list says who that is, and in which note.
const RINGED = "face-here";

export function startRings() {
  const list = document.getElementById("presence");
  if (!list || !document.querySelector("[data-ring]")) return;
  new MutationObserver(() => give(list)).observe(list, { childList: true, subtree: true, attributes: true });
}

/**
 * `data-ring` names the note that its faces are about; without a name it is all that the page is about.
 * @param {Element} list
 */
function give(list) {
  for (const place of document.querySelectorAll("[data-ring]")) {
    const note = place.getAttribute("data-ring");
    const rows = [...list.querySelectorAll(note ? `[data-in="${note}"]` : "[data-in]")];
    const here = new Set(rows.map(personOf));
    for (const face of place.querySelectorAll(".face")) face.classList.toggle(RINGED, here.has(personOf(face)));
  }
}

/** @param {Element} it */
function personOf(it) {
  return (it.matches("[data-person]") ? it : it.querySelector("[data-person]"))?.getAttribute("data-person");
}
