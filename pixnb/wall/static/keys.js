// The keys of a wall: which act they call, the way from cell to cell, and that they do not reach the notebook behind,
// where 1 to 6 make headings and d d deletes a cell.

const KEYS = [
  ["Space", "play, pause", "toggle"],
  [",", "one frame back", "back"],
  [".", "one frame on", "forth"],
  ["[", "slower", "slower"],
  ["]", "faster", "faster"],
  ["l", "loop", "loop"],
  ["m", "sound of the cell under the pointer", "sound"],
  ["← → ↑ ↓", "from cell to cell", null],
  ["z", "enlarge the cell, or Enter", "zoom"],
  ["Escape", "back", "leave"],
  ["c", "choose for comparing (two)", "choose"],
  ["s", "source against this cell", "source"],
  ["b", "side by side", "beside"],
  ["w", "wipe", "wipe"],
  ["f", "flicker", "flicker"],
  ["d", "difference", "difference"],
  ["x", "change A and B over", "swap"],
  ["1 – 5", "stars; 0 takes them away", null],
  ["p", "pick", "pick"],
  ["n", "note at this moment", "note"],
  ["?", "these keys", "help"],
];
const ACTS = { ...Object.fromEntries(KEYS.filter(([, , act]) => act).map(([key, , act]) => [key, act])), " ": "toggle", Enter: "zoom" };
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function keyOf(act) {
  return KEYS.find((one) => one[2] === act)?.[0] ?? "";
}

// The nearest cell in a direction; what lies off the line counts three times.
function nextCell(cells, from, [x, y]) {
  const middle = (cell) => {
    const { left, top, width, height } = cell.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [fromX, fromY] = middle(from);
  let [best, least] = [null, Infinity];
  for (const cell of cells) {
    const [toX, toY] = middle(cell);
    const along = (toX - fromX) * x + (toY - fromY) * y;
    const off = Math.abs((toX - fromX) * y) + Math.abs((toY - fromY) * x);
    if (cell !== from && along > 4 && along + 3 * off < least) [best, least] = [cell, along + 3 * off];
  }
  return best;
}

// What a control does with keys by itself stays with it.
function isForControl(event) {
  const { target, key } = event;
  if (target.closest("input[type=text], textarea, [contenteditable]")) return true;
  if (target.closest("select")) return key.length > 1 || key === " ";
  if (target.closest("input[type=range]")) return key.length > 1 && key !== "Escape";
  if (target.closest("button, a[href], summary")) return key === " " || key === "Enter";
  return false;
}

// `acts` by name; returns what undoes it.
function listenToKeys(root, acts) {
  function press(event) {
    if (isOfNotebook(event)) return;
    event.stopPropagation(); // for hosts that listen at the document in the bubbling phase
    if (isForControl(event) || event.defaultPrevented) return;
    const { key } = event;
    const act = ACTS[key.length === 1 ? key.toLowerCase() : key];
    const isUsed = /^[0-5]$/.test(key) ? acts.star(Number(key)) : WAYS[key] ? acts.move(WAYS[key]) : act ? acts[act]() : false;
    if (isUsed !== false) event.preventDefault();
  }

  const unshield = shieldKeys(root);
  root.addEventListener("keydown", press);
  return () => {
    unshield();
    root.removeEventListener("keydown", press);
  };
}

function makeHelp(root, changed) {
  const rows = KEYS.map(([key, words]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)));
  const shut = button("Close", { picture: "close", title: "Close (Escape)" }, () => toggle(false));
  const sheet = element("div", { class: "wall-keys", role: "dialog", "aria-label": "Keys", tabindex: -1, hidden: true }, shut, element("dl", {}, ...rows));
  root.append(sheet);
  let before = null;

  function toggle(isOpen = sheet.hidden) {
    if (isOpen === !sheet.hidden) return;
    sheet.hidden = !isOpen;
    if (isOpen) before = focusOf(root);
    (isOpen ? sheet : before)?.focus?.({ preventScroll: true });
    changed(isOpen);
  }

  return { toggle, isOpen: () => !sheet.hidden, remove: () => sheet.remove() };
}
