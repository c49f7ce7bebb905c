import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/editor/wire/backoff.js";
import { Pace } from "../src/editor/wire/pace.js";

test("waits double up to a ceiling, anywhere between nothing and that", () => {
  const longest = new Backoff(() => 1);
  assert.deepEqual(Array.from({ length: 8 }, () => longest.next()), [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  longest.reset();
  assert.equal(longest.next(), 500);
  const shortest = new Backoff(() => 0);
  assert.equal(shortest.next(), 0);
  assert.equal(shortest.next(3000), 3000);
});

test("a burst passes, then frames go at a steady rate well below the server's limit", () => {
  let now = 0;
  const pace = new Pace(() => now);
  let burst = 0;
  while (pace.take()) burst += 1;
  assert.ok(burst <= 240);
  let passed = 0;
  for (; now < 10_000; now += 5) if (pace.take()) passed += 1;
  assert.ok(passed > 300 && passed <= 600, `${passed} frames in 10 s`);
  assert.ok(pace.wait <= 25);
});
