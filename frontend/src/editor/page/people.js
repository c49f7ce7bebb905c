// Who is in the note, from awareness: the server wrote their names.
import { element } from "../../lib/dom.js";
import { announce } from "../../lib/announce.js";

/**
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 * @typedef {{ id: string, name: string, colour: number }} Person
 */

const SHOWN = 5;
const ANNOUNCE_AFTER_MS = 4000;

/**
 * Two letters for a name, as the server makes them.
 * @param {string} name
 */
export function initialsOf(name) {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [];
  const letters = ends.length ? ends.map((word = "") => [...word][0]) : [...name.trim()].slice(0, 2);
  return letters.join("").toUpperCase() || "?";
}

/**
 * Everybody once, however many tabs they have; I come first.
 * @param {Awareness} awareness
 * @param {Person} me
 * @returns {Person[]}
 */
export function peopleIn(awareness, me) {
  /** @type {Map<string, Person>} */
  const people = new Map([[me.id, me]]);
  for (const { user } of awareness.getStates().values()) {
    if (user?.id && !people.has(user.id)) people.set(user.id, user);
  }
  return [...people.values()];
}

export class People {
  /** @type {Set<string>} */
  #known = new Set();
  /** @type {Map<string, string>} */
  #news = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #place;
  #awareness;
  #me;

  /**
   * @param {Element | null} place
   * @param {Awareness} awareness
   * @param {Person} me
   */
  constructor(place, awareness, me) {
    this.#place = place;
    this.#awareness = awareness;
    this.#me = me;
    awareness.on("change", this.#show);
    this.#show();
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#awareness.off("change", this.#show);
  }

  #show = () => {
    const people = peopleIn(this.#awareness, this.#me);
    const ids = people.map(({ id }) => id);
    if (ids.length === this.#known.size && ids.every((id) => this.#known.has(id))) return;
    for (const { id, name } of people) {
      if (!this.#known.has(id) && id !== this.#me.id) this.#news.set(id, `${name} is here.`);
    }
    for (const id of this.#known) if (!ids.includes(id)) this.#news.delete(id);
    this.#known = new Set(ids);
    this.#place?.replaceChildren(...faces(people));
    this.#tellLater();
  };

  /** Those who come at the same time are named in one sentence, and who only looked in is not named at all. */
  #tellLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#news.size) announce([...this.#news.values()].join(" "));
      this.#news.clear();
    }, ANNOUNCE_AFTER_MS);
  }
}

/** @param {Person[]} people */
function faces(people) {
  const shown = people.slice(0, SHOWN).map(({ name, colour }) =>
    element(
      "span",
      { class: `face p${colour} face-here`, title: name, role: "img", "aria-label": name },
      initialsOf(name),
    ),
  );
  const rest = people.slice(SHOWN);
  if (!rest.length) return shown;
  const names = rest.map(({ name }) => name).join(", ");
  return [...shown, element("span", { class: "faces-more", title: names, "aria-label": names }, `+${rest.length}`)];
}
