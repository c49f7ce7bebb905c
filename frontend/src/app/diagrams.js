// Mermaid draws diagrams in a sandboxed frame of no origin, which is loaded when a page first holds one. What comes
// back is shown as an image: a drawing can neither run nor load anything, whatever somebody wrote.
import { element } from "../lib/dom.js";
import { shownTheme } from "./theme.js";

/**
 * @typedef {{ svg: string } | { error: string }} Drawing
 */

const FRAME_WITHIN_MS = 15_000;
const DRAWN_WITHIN_MS = 8_000;
const SOURCE_CHARACTERS = 20_000;
const REMEMBERED = 60;

/** @type {Map<string, Drawing>} By theme and source: morphing puts the bare source back into the page. */
const drawings = new Map();
/** @type {Map<string, Promise<Drawing>>} */
const underWay = new Map();
/** @type {Promise<HTMLIFrameElement> | null} */
let frame = null;
let asked = 0;

export function startDiagrams() {
  drawAll();
  document.addEventListener("htmx:after:settle", drawAll);
  document.addEventListener("commonplace:theme", drawAll);
}

function drawAll() {
  for (const figure of document.querySelectorAll("figure.mermaid")) draw(figure);
}

/** @param {Element} figure */
async function draw(figure) {
  const source = figure.querySelector("pre")?.textContent ?? "";
  const key = `${shownTheme()}\n${source}`;
  if (figure.getAttribute("data-drawn") === key && figure.querySelector("img, figcaption")) return;
  const known = drawings.get(key);
  if (known) return show(figure, key, known);
  const drawing = await (underWay.get(key) ?? begin(key, source));
  // Meanwhile somebody may have changed it.
  if (figure.isConnected && figure.querySelector("pre")?.textContent === source) show(figure, key, drawing);
}

/**
 * @param {string} key
 * @param {string} source
 */
function begin(key, source) {
  const work = drawn(source).then((drawing) => {
    underWay.delete(key);
    drawings.set(key, drawing);
    const oldest = drawings.keys().next().value;
    if (drawings.size > REMEMBERED && oldest !== undefined) drawings.delete(oldest);
    return drawing;
  });
  underWay.set(key, work);
  return work;
}

/**
 * @param {Element} figure
 * @param {string} key
 * @param {Drawing} drawing
 */
function show(figure, key, drawing) {
  const pre = figure.querySelector("pre");
  for (const old of figure.querySelectorAll("img, figcaption")) old.remove();
  figure.setAttribute("data-drawn", key);
  if ("svg" in drawing) {
    const src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing.svg)}`;
    figure.prepend(element("img", { src, alt: "Diagram; its source follows", class: "diagram" }));
    pre?.classList.add("sr-only");
  } else {
    pre?.classList.remove("sr-only");
    figure.append(element("figcaption", { class: "quiet" }, `This diagram cannot be drawn. ${drawing.error}`));
  }
}

/** @param {string} source @returns {Promise<Drawing>} */
async function drawn(source) {
  if (source.length > SOURCE_CHARACTERS) return { error: "It is too long." };
  try {
    const place = await (frame ??= load());
    return await ask(place, source);
  } catch {
    // A frame that does not answer may be busy for ever.
    frame?.then((place) => place.remove()).catch(() => {});
    frame = null;
    return { error: "Drawing it took too long." };
  }
}

/** @returns {Promise<HTMLIFrameElement>} */
function load() {
  const place = element("iframe", {
    src: new URL("mermaid.html", import.meta.url).href,
    sandbox: "allow-scripts",
    // Out of sight, but laid out: Mermaid measures its words.
    class: "fixed top-0 -left-[4000px] w-[1200px] h-[800px] invisible pointer-events-none",
    title: "Draws diagrams",
    "aria-hidden": "true",
    tabindex: "-1",
  });
  document.body.append(place);
  return answer(place, (data) => data.ready === true, FRAME_WITHIN_MS).then(() => place);
}

/**
 * @param {HTMLIFrameElement} place
 * @param {string} source
 * @returns {Promise<Drawing>}
 */
function ask(place, source) {
  const id = ++asked;
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  const colours = {
    paper: colour("--color-base-100"),
    ink: colour("--color-base-content"),
    wash: colour("--wash"),
    accent: colour("--color-primary"),
    line: colour("--muted"),
    rule: colour("--rule-strong"),
  };
  // The frame has no origin that could be named.
  place.contentWindow?.postMessage({ id, source, colours, dark: shownTheme() === "ink" }, "*");
  return answer(place, (data) => data.id === id, DRAWN_WITHIN_MS);
}

/**
 * @param {HTMLIFrameElement} place
 * @param {(data: any) => boolean} wanted
 * @param {number} patience
 * @returns {Promise<any>}
 */
function answer(place, wanted, patience) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("no answer"));
    }, patience);
    /** @param {MessageEvent} event */
    function hear({ source, data }) {
      if (source !== place.contentWindow || typeof data !== "object" || !data || !wanted(data)) return;
      end();
      resolve(data);
    }
    window.addEventListener("message", hear);
  });
}
