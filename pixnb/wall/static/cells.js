// What each cell of a wall gets from the player: a name and a place in the order of focus, its small buttons, and what
// the pointer does on it.

function wireCells(root, figures, { wall, focusOn, choose, hear, acts, marks, stage }) {
  const quit = new AbortController();
  const on = (target, kind, act) => target.addEventListener(kind, act, { signal: quit.signal });
  const made = [];

  function makeButtons(cell) {
    const all = [];
    const add = (kind, label, picture, key, act, pressed = null) =>
      all.push(button(label, { picture, class: `cell-${kind}`, tabindex: -1, pressed, title: `${label} (${key})` }, act));
    if (stage.canShow(cell)) {
      add("zoom", "Enlarge", "zoom", "z", () => acts.zoom());
      add("pair", "Choose for comparing", "pair", "c", () => choose(cell), false);
    }
    if (marks.can(cell)) {
      add("note", "Note at this moment", "note", "n", () => acts.note());
      add("pick", "Pick", "pick", "p", () => marks.pick(cell), cell.classList.contains("picked"));
    }
    const holder = element("div", { class: "cell-buttons" }, ...all);
    if (all.length) cell.querySelector(".wall-screen")?.append(holder);
    made.push(holder);
  }

  figures.forEach((cell, index) => {
    cell.tabIndex = index ? -1 : 0;
    if (!cell.hasAttribute("aria-label")) {
      const why = cell.querySelector(".wall-why")?.textContent ?? "";
      cell.setAttribute("aria-label", [nameCell(cell), why].filter(Boolean).join(": "));
    }
    makeButtons(cell);
    on(cell, "focusin", () => wall.focus !== cell && focusOn(cell, false));
    on(cell, "pointerdown", () => focusOn(cell, false));
    on(cell, "pointerenter", () => {
      wall.under = cell;
      hear();
    });
    on(cell, "pointerleave", () => {
      if (wall.under === cell) wall.under = null;
      hear();
    });
    on(cell, "click", (event) => {
      if (event.target.closest("button, a, summary")) return;
      focusOn(cell);
      if (event.shiftKey) {
        getSelection()?.removeAllRanges();
        choose(cell);
      }
    });
    on(cell, "mousedown", (event) => event.shiftKey && event.preventDefault()); // no text is chosen
    on(cell, "dblclick", (event) => {
      if (!event.target.closest("button, a") && event.target.closest(".wall-screen")) acts.zoom();
    });
  });
  wall.focus = figures[0] ?? null;
  return () => {
    quit.abort();
    made.forEach((holder) => holder.remove());
  };
}
