// Folds the sidebar, and remembers it in a cookie, so that the server draws the next page the same way.
const YEAR_SECONDS = 31_536_000;

export function startSidebar() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-sidebar-toggle]")) return;
    const { dataset } = document.documentElement;
    dataset.sidebar = dataset.sidebar === "narrow" ? "wide" : "narrow";
    document.cookie = `sidebar=${dataset.sidebar}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  });
}
