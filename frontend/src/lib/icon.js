const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon of the sprite, as the templates draw it. Names are listed in src/icons.txt.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ico");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${spriteUrl()}#${name}`);
  svg.append(use);
  return svg;
}

/** The sprite's address with its hash, as the server wrote it into the page. */
function spriteUrl() {
  const drawn = document.querySelector("svg.ico use")?.getAttribute("href");
  return drawn?.split("#")[0] ?? "/static/build/icons.svg";
}
