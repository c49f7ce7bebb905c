import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS } from "../src/app/times.js";
import { blockAt } from "../src/editor/page/blocks.js";

const NOW = new Date(2026, 10, 23, 14, 2);

/**
 * @param {string} form
 * @param {Date} moment
 */
const said = (form, moment) => FORMS[form]?.(moment, NOW);

test("times are said as the server says them", () => {
  assert.equal(said("feed", new Date(2026, 10, 23, 9, 5)), "09:05");
  assert.equal(said("feed", new Date(2026, 10, 20, 9, 5)), "Fri");
  assert.equal(said("feed", new Date(2026, 10, 3, 9, 5)), "3 Nov");
  assert.equal(said("ago", new Date(2026, 10, 23, 14, 1, 30)), "just now");
  assert.equal(said("ago", new Date(2026, 10, 23, 14, 0, 30)), "a minute ago");
  assert.equal(said("ago", new Date(2026, 10, 23, 13, 40)), "22 minutes ago");
  assert.equal(said("ago", new Date(2026, 10, 23, 13, 1)), "an hour ago");
  assert.equal(said("ago", new Date(2026, 10, 23, 1, 0)), "today");
  assert.equal(said("ago", new Date(2026, 10, 22, 23, 0)), "yesterday");
  assert.equal(said("ago", new Date(2026, 10, 19, 23, 0)), "Thursday");
  assert.equal(said("day", new Date(2025, 4, 3)), "3 May 2025");
});

test("a line belongs to the block that begins before it, also when the page is behind", () => {
  const blocks = [1, 4, 9].map((first, index) => ({ element: /** @type {any} */ (index), first, last: first + 2 }));
  assert.equal(blockAt(blocks, 1)?.element, 0);
  assert.equal(blockAt(blocks, 8)?.element, 1);
  assert.equal(blockAt(blocks, 400)?.element, 2);
  assert.equal(blockAt([], 1), undefined);
});
