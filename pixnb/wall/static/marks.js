// Stars, picks and notes on the cells of a wall: drawn in each caption, and told to the host, which keeps them.

const NO_MARKS = { stars: null, picked: false, notes: [] };

function makeMarks(root, host, { onnotes = () => {}, say = () => {} } = {}) {
  const cells = [...root.querySelectorAll("figure.wall-cell[data-run]")];
  const large = { cell: null, holder: null };
  let marks = copyMarks(host.marks);

  const of = (cell) => marks[cell?.dataset.run] ?? NO_MARKS;
  const same = (run) => cells.filter((cell) => cell.dataset.run === run);

  function change(cell, given, words) {
    const run = cell?.dataset.run;
    if (!run) return;
    marks[run] = applyMark(marks[run], given);
    host.mark?.(run, given);
    same(run).forEach(draw);
    onnotes(cell);
    say(`${words}: ${nameCell(cell)}`);
  }

  function star(cell, stars) {
    const now = stars || null;
    change(cell, { stars: now }, now ? `${now} ${now === 1 ? "star" : "stars"}` : "No stars");
  }

  function pick(cell) {
    const picked = !of(cell).picked;
    change(cell, { picked }, picked ? "Picked" : "No longer picked");
  }

  function note(cell, text, at) {
    const said = text.trim();
    if (said) change(cell, { note: said, at }, "Noted");
  }

  function unnote(cell, id) {
    change(cell, { unnote: id }, "Note removed");
  }

  // The five stars of a cell are for the pointer; keys 1 to 5 do the same, so Tab need not pass them.
  function makeStars(cell, holder) {
    holder.setAttribute("role", "group");
    holder.replaceChildren(
      ...[1, 2, 3, 4, 5].map((count) =>
        button(
          `${count} ${count === 1 ? "star" : "stars"}`,
          { words: "☆", tabindex: -1, pressed: false, title: `${count} of 5 (key ${count})`, class: "wall-star" },
          () => star(cell, of(cell).stars === count ? null : count),
        ),
      ),
    );
  }

  function drawStars(cell, holder) {
    const { stars } = of(cell);
    holder.dataset.stars = stars ?? 0;
    holder.setAttribute("aria-label", stars ? `${stars} of 5 stars` : "no stars");
    [...holder.children].forEach((one, index) => {
      one.textContent = index < (stars ?? 0) ? "★" : "☆";
      one.setAttribute("aria-pressed", String(index + 1 === stars));
    });
  }

  function draw(cell) {
    const { stars, picked, notes } = of(cell);
    drawStars(cell, cell.querySelector(".wall-stars"));
    if (large.cell === cell) drawLarge();
    cell.classList.toggle("picked", Boolean(picked));
    cell.classList.toggle("starred", Boolean(stars));
    cell.querySelector(".cell-pick")?.setAttribute("aria-pressed", String(Boolean(picked)));
    let sign = cell.querySelector(".wall-noted");
    if (!sign) cell.querySelector(".wall-said")?.append((sign = element("span", { class: "wall-noted" })));
    sign.hidden = !notes.length;
    sign.textContent = notes.length === 1 ? "1 note" : `${notes.length} notes`;
    sign.title = notes.map(sayNote).join("\n");
  }

  function follow(changed) {
    marks = copyMarks(changed ?? host.marks);
    cells.forEach(draw);
    onnotes(null);
  }

  // The same marks beside a cell that is enlarged.
  function drawLarge() {
    const [stars, pickIt] = large.holder.children;
    drawStars(large.cell, stars);
    pickIt.setAttribute("aria-pressed", String(Boolean(of(large.cell).picked)));
  }

  function showLarge(holder, cell, write) {
    if (large.cell === cell) return;
    large.cell = cell;
    large.holder = holder;
    holder.replaceChildren();
    holder.dataset.run = cell?.dataset.run ?? "";
    if (!cell) return;
    const stars = element("span", { class: "wall-stars" });
    makeStars(cell, stars);
    holder.append(
      stars,
      button("Pick", { picture: "pick", title: "Pick (p)", pressed: false, class: "cell-pick" }, () => pick(cell)),
      button("Note at this moment", { picture: "note", title: "Note at this moment (n)" }, write),
    );
    drawLarge();
  }

  for (const cell of cells) {
    const holder = cell.querySelector(".wall-stars") ?? element("span", { class: "wall-stars" });
    if (!holder.isConnected) cell.querySelector(".wall-said")?.append(holder);
    makeStars(cell, holder);
  }
  cells.forEach(draw);
  host.onmarks = follow;
  return {
    of,
    star,
    pick,
    showLarge,
    note,
    unnote,
    can: (cell) => Boolean(cell?.dataset.run),
    all: () => marks,
    haveNotes: () => cells.some((cell) => of(cell).notes.length),
    close: () => (host.onmarks = null),
  };
}

function sayNote({ at, text }) {
  return at === null || at === undefined ? text : `${sayTime(at)} ${text}`;
}

function copyMarks(given) {
  return JSON.parse(JSON.stringify(given ?? {}));
}

// A run's marks after a change: {stars} | {picked} | {note, at} | {unnote}.
function applyMark(before, change) {
  const after = { ...NO_MARKS, ...before, notes: [...(before?.notes ?? [])] };
  if ("stars" in change) after.stars = change.stars;
  if ("picked" in change) after.picked = change.picked;
  if ("note" in change) {
    const at = change.at === undefined ? null : change.at;
    if (at === null) after.notes = after.notes.filter((one) => one.at !== null); // there is one of no moment
    const taken = new Set(after.notes.map((one) => one.id));
    let id = at === null ? "note" : `at-${at}`;
    while (taken.has(id)) id += "+";
    after.notes.push({ id, at, text: change.note });
    after.notes.sort((one, other) => (one.at ?? -1) - (other.at ?? -1));
  }
  if ("unnote" in change) after.notes = after.notes.filter((one) => one.id !== change.unnote);
  return after;
}
