// htmx reads this element once, while it is loaded, so this module must be imported before it.
const settings = {
  // One way to write an attribute: hx-get. Fewer names for hostile HTML to try.
  prefix: "",
  // Its default styles are in our style sheet, where the content security policy can see them.
  includeIndicatorCSS: false,
  // Full answers of an error must never land in a small target. 422 is a form with its errors: that is shown.
  noSwap: [204, 304, "40x", "41x", 420, 421, 423, 424, 425, 426, 428, 429, "43x", "44x", "45x", "5xx"],
  // A page that holds an editor cannot be put back together from HTML.
  history: "reload",
  ws: {
    // We wake a sleeping socket ourselves (feed.js), with the cursor of what was last seen.
    pauseOnBackground: false,
    reconnectDelay: 500,
    reconnectMaxDelay: 20_000,
    reconnectJitter: 0.5,
    reconnectCodes: [1001, 1005, 1006, 1011, 1012, 1013, 1014, 4408, 4429, 4430, 4503],
  },
};

const meta = document.createElement("meta");
meta.name = "htmx-config";
meta.content = JSON.stringify(settings);
document.head.append(meta);
