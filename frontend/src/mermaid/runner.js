// Runs in the sandboxed frame. Gets a diagram's source, answers with its drawing. See src/app/diagrams.js.

/** @type {{ initialize(config: object): void, render(id: string, source: string): Promise<{ svg: string }> }} */
const mermaid = /** @type {any} */ (globalThis).mermaid;

let turn = Promise.resolve();

/**
 * @param {{ id: number, source: string, dark: boolean, colours: Record<string, string> }} order
 */
async function draw({ id, source, dark, colours }) {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: "base",
    // Labels as SVG text: a drawing that is shown as an image may hold no HTML in some browsers.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    maxTextSize: 20_000,
    maxEdges: 400,
    suppressErrorRendering: true,
    themeVariables: {
      darkMode: dark,
      // A font of the system: an image cannot use the page's, and text must be measured in the font it is drawn in.
      fontFamily: "system-ui, sans-serif",
      fontSize: "14px",
      background: colours.paper,
      primaryColor: colours.wash,
      primaryTextColor: colours.ink,
      primaryBorderColor: colours.accent,
      secondaryColor: colours.paper,
      tertiaryColor: colours.paper,
      lineColor: colours.line,
      textColor: colours.ink,
      clusterBorder: colours.rule,
      edgeLabelBackground: colours.paper,
    },
  });
  try {
    const { svg } = await mermaid.render(`drawing-${id}`, source);
    return { id, svg: sized(svg) };
  } catch (error) {
    const [said = ""] = String(error instanceof Error ? error.message : error).split("\n");
    return { id, error: said.slice(0, 200) };
  }
}

/**
 * An image needs a size of its own; Mermaid writes "100%".
 * @param {string} svg
 */
function sized(svg) {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml");
  const root = document.documentElement;
  const [, , width, height] = (root.getAttribute("viewBox") ?? "").split(/[ ,]+/);
  if (width && height) {
    root.setAttribute("width", String(Math.ceil(Number(width))));
    root.setAttribute("height", String(Math.ceil(Number(height))));
  }
  return new XMLSerializer().serializeToString(document);
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  // One after the other: Mermaid keeps its settings in one place.
  turn = turn.then(async () => parent.postMessage(await draw(data), "*"));
});
parent.postMessage({ ready: true }, "*");
