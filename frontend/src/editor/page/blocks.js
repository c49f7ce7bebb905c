// Which lines of the source each block of the set page stands for.

/**
 * @typedef {{ element: HTMLElement, first: number, last: number }} Block Lines from 1, both included.
 */

/**
 * @param {ParentNode} page
 * @returns {Block[]}
 */
export function blocksOf(page) {
  let line = 1;
  return /** @type {HTMLElement[]} */ ([...page.querySelectorAll("[data-lines]")]).map((element) => {
    const lines = Number(element.dataset.lines) || 0;
    const block = { element, first: line, last: line + Math.max(0, lines - 1) };
    line += lines;
    return block;
  });
}

/**
 * The block of a line; the nearest before it, if the page is behind the text.
 * @param {Block[]} blocks
 * @param {number} line
 * @returns {Block | undefined}
 */
export function blockAt(blocks, line) {
  return blocks.findLast(({ first }) => first <= line) ?? blocks[0];
}
