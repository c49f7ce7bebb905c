// How long a keystroke takes to the others. Reads a plan; prints milliseconds from the edit to the other document.
import { input, print } from "./lines.js";
import { Peer, until } from "./peer.js";
import { replace } from "./writing.js";

/** @type {{ url: string, origin: string, note: string, cookies: string[], members: number, rate: number, edits: number }} */
const plan = await input();
const { url, origin, note, cookies, members, rate, edits } = plan;

/** Text of an edit to the moment it was made. */
const made = new Map();
/** @type {number[]} */
const took = [];
let arrived = 0;

const peers = Array.from({ length: members }, (_, at) => {
  const peer = new Peer({ url, origin, note, name: `member ${at}`, cookie: cookies[at % cookies.length] });
  peer.text.observe((event) => {
    if (event.transaction.local) return;
    const now = performance.now();
    for (const { insert } of event.delta) {
      if (typeof insert !== "string") continue;
      // Several edits may come in one frame.
      for (const piece of insert.match(/<\d+>/g) ?? []) {
        took.push(now - made.get(piece));
        arrived += 1;
      }
    }
  });
  return peer;
});
for (const peer of peers) await peer.connect();
await until(peers, () => peers.every((peer) => peer.settled), "all are in");

for (let edit = 0; edit < edits; edit += 1) {
  const due = performance.now() + 1000 / rate;
  const peer = peers[edit % members];
  const piece = `<${edit}>`;
  made.set(piece, performance.now());
  replace(peer, 1, 0, piece);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
}
await until(peers, () => arrived >= edits * (members - 1), "everything has arrived", 60_000);
print({ took });
process.exit(0);
