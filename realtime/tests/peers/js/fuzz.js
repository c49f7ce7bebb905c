// Several attackers at once, and meanwhile two honest people who go on typing. Reads a plan; prints one line of JSON.
import { Attacker } from "./attacker.js";
import { converge } from "./ending.js";
import { impossibleShot } from "./hostile.js";
import { input, print } from "./lines.js";
import { Peer } from "./peer.js";
import { Typist } from "./typist.js";

const TYPING_MS = 100;

/**
 * `shared`: where the honest ones are. `own`: where attackers edit and delete as they like. `impossible`: where they
 * write what no client could.
 * @type {{
 *   url: string, origin: string, honest: string[], hostile: string[], seed: number, frames: number,
 *   notes: { shared: string, own: string, impossible: string },
 * }}
 */
const plan = await input();
const { url, origin, notes, seed } = plan;

const honest = plan.honest.map(
  (cookie, at) => new Peer({ url, origin, cookie, note: notes.shared, name: `honest ${at}` }),
);
for (const peer of honest) await peer.connect();
const typists = honest.map((peer) => new Typist(peer, TYPING_MS));

const attackers = plan.hostile.map((cookie, at) => {
  const kinds = [
    { note: notes.shared, manners: { harmless: true } },
    { note: notes.own, manners: {} },
    { note: notes.own, manners: {} },
    { note: notes.impossible, manners: { draw: impossibleShot } },
  ];
  const { note, manners } = kinds[at % kinds.length];
  return new Attacker({ url, origin, cookie, note }, seed * 1000 + at, manners);
});
const few = Math.ceil(plan.frames / 100);
const many = Math.ceil(plan.frames / attackers.filter((attacker) => attacker.target.note !== notes.impossible).length);
await Promise.all(attackers.map((attacker) => attacker.attack(attacker.target.note === notes.impossible ? few : many)));

const pieces = typists.flatMap((typist) => typist.stop());
const end = await converge(honest);
/** @param {(attacker: Attacker) => Record<string, number>} of */
const sums = (of) => {
  /** @type {Record<string, number>} */
  const total = {};
  for (const attacker of attackers)
    for (const [name, count] of Object.entries(of(attacker))) total[name] = (total[name] ?? 0) + count;
  return total;
};
print({
  ...end,
  pieces,
  frames: attackers.reduce((sum, attacker) => sum + attacker.frames, 0),
  connections: attackers.reduce((sum, attacker) => sum + attacker.connections, 0),
  kinds: sums((attacker) => attacker.kinds),
  closes: sums((attacker) => attacker.closes),
  honestCloses: honest.flatMap((peer) => peer.closes),
});
process.exit(0);
