// Elements and their icons, for every script of a page.

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M11 2.5v11L4.5 8zM2.5 2.5h1.6v11H2.5z",
  forth: "M5 2.5v11L11.5 8zM12 2.500h1.600v11H12z",
  loop: "M3 7a4 4 0 0 1 4-4h3V1l3.5 3L10 7V5H7a2 2 0 0 0-2 2v1H3zm10 2a4 4 0 0 1-4 4H6v2L2.5 12 6 9v2h3a2 2 0 0 0 2-2V8h2z",
  sound: "M2 6h2.500L8 3v10L4.5 10H2zM9.5 5.200a4 4 0 0 1 0 5.600M11 3.300a6.5 6.5 0 0 1 0 9.4",
  zoom: "M2 2h5v1.600H3.600V7H2zm7 0h5v5h-1.600V3.600H9zM2 9h1.600v3.400H7V14H2zm10.4 0H14v5H9v-1.600h3.400z",
  pick: "M2.3 8.6 3.7 7.200l2.9 2.9 5.7-6 1.4 1.3-7 7.500z",
  note: "M2.5 11.3 10.3 3.500l2.2 2.2-7.8 7.8-2.7.5zM11 2.800l1.3-1.3 2.2 2.2-1.3 1.300z",
  pair: "M2 3h5.400v10H2zm1.4 1.400v7.200H6V4.400zM8.6 3H14v10H8.600z",
  save: "M7.2 2h1.600v6.200l2.3-2.3 1.1 1.100L8 11.2 3.8 7l1.1-1.1 2.3 2.300zM2.5 12.500h11V14h-11z",
  close: "m3.5 4.6 1.1-1.100L8 6.900l3.4-3.4 1.1 1.100L9.1 8l3.4 3.4-1.1 1.100L8 9.100l-3.4 3.4-1.1-1.100L6.9 8z",
};

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...inside);
  return made;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const [picture, path] = [document.createElementNS(space, "svg"), document.createElementNS(space, "path")];
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  if (name === "sound") picture.classList.add("lines");
  if (name === "pick") picture.classList.add("box"); // empty until it is picked
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

// A button of an icon or a word; `pressed` makes one that stays down.
function button(label, { picture = null, words = null, title = label, pressed = null, ...attributes } = {}, press) {
  const made = element("button", { type: "button", title, "aria-label": words === label ? null : label, ...attributes });
  if (picture) made.append(icon(picture));
  if (words) made.append(words);
  if (pressed !== null) made.setAttribute("aria-pressed", String(pressed));
  made.addEventListener("click", press);
  return made;
}

// "0:01.5"; tenths are what a person can say of a moment.
function sayTime(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

// What has the focus within the document of an element, or within its shadow root, as in marimo; null for nothing.
function focusOf(root) {
  return root.getRootNode().activeElement ?? null;
}

function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Ctrl+S still saves the notebook, and Shift+Enter still runs the next cell.
function isOfNotebook({ ctrlKey, metaKey, altKey, shiftKey, key }) {
  return ctrlKey || metaKey || altKey || (shiftKey && key === "Enter");
}

// Keep plain keys within `root` from a notebook's command mode; returns what undoes it. Lumino, at the document and
// before us, looks for this attribute from the target upward; a selector such as `.jp-Notebook :focus` means the target
// itself, so that an ancestor's would come too late.
function shieldKeys(root) {
  let shielded = null;
  function shield(event) {
    shielded?.removeAttribute("data-lm-suppress-shortcuts");
    shielded = null;
    const [target] = event.composedPath(); // its own `target` would be the host of a shadow root
    if (!root.contains(target) || isOfNotebook(event)) return;
    shielded = target;
    shielded.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  addEventListener("keydown", shield, true);
  return () => removeEventListener("keydown", shield, true);
}
