/** Says something to screen readers when they are free, and shows nothing. @param {string} words */
export function announce(words) {
  const region = document.querySelector("[data-announcer]") ?? made();
  // The same words twice would be no change, and so not heard.
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 50);
}

function made() {
  const region = document.createElement("div");
  region.dataset.announcer = "";
  region.className = "sr-only";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  document.body.append(region);
  return region;
}
