// What this tab has learned of the network, so that the next note need not find it out again.

/**
 * @typedef {{ blocked: boolean }} Memory No socket passes here.
 */

const KEY = "commonplace:sockets-blocked";

/** Where the browser keeps nothing, each note finds out for itself. @type {Memory} */
export const memoryOfTab = {
  get blocked() {
    try {
      return sessionStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  },
  set blocked(blocked) {
    try {
      if (blocked) sessionStorage.setItem(KEY, "yes");
      else sessionStorage.removeItem(KEY);
    } catch {
      // Full, or switched off.
    }
  },
};
