// The stage: one cell at full width, or two in one box, beside each other, wiped, in turn, or as their difference.

const VIEWS = { beside: "Side by side", wipe: "Wipe", flicker: "Flicker", difference: "Difference" };

function makeStage(root, screens, clock, { say = () => {}, changed = () => {} } = {}) {
  const box = element("div", { class: "stage-box" });
  const tools = element("div", { class: "stage-tools" });
  const marks = element("div", { class: "stage-marks", role: "group" });
  const name = element("h3", { class: "stage-name" });
  const shut = button("Back to all cells", { picture: "close", title: "Back to all cells (Escape)" }, () => close());
  const head = element("div", { class: "stage-head" }, name, tools, marks, shut);
  const panel = element("section", { class: "wall-stage", "aria-label": "Enlarged", tabindex: -1, hidden: true }, head, box);
  root.querySelector(".wall-scroll").before(panel);
  const stage = { panel, marks, cells: [], view: null };
  let sides = []; // [{cell, side, film}]
  let undo = () => {};
  let turn = 0;

  const isOpen = () => stage.cells.length > 0;
  const isPair = () => stage.cells.length === 2;
  const canShow = (cell) => ["video", "audio", "image"].includes(cell?.dataset.kind);

  async function makePicture(cell) {
    if (cell.dataset.kind !== "image") return screens.load(cell, false, true);
    const film = await screens.fetchFilm(cell);
    const poster = cell.querySelector(".wall-poster");
    const picture = element("img", { alt: poster?.alt ?? "" });
    picture.src = film.url ?? poster?.src ?? "";
    return picture;
  }

  function makeSide(cell) {
    const side = element("div", {}, element("span", { class: "stage-tag" }));
    const poster = cell.querySelector(".wall-poster");
    if (poster) side.prepend(element("img", { class: "stage-poster", alt: "", src: poster.src }));
    return { cell, side, film: null };
  }

  async function fill(one, mine) {
    const made = await makePicture(one.cell);
    if (mine !== turn) return;
    if (!made) {
      one.side.append(element("div", { class: "wall-why" }, one.cell.querySelector(".wall-why")?.textContent ?? ""));
      return;
    }
    one.film = made;
    one.side.prepend(made);
    let { whole } = one.cell.dataset;
    made.addEventListener("error", async () => {
      const film = whole ? await screens.fetchFilm(one.cell) : {};
      whole = null; // the server does not give the original after all
      if (film.url) made.src = film.url;
      else one.side.append(element("div", { class: "wall-why" }, sayNotPlayed()));
    });
    const isThere = () => one.side.querySelector(".stage-poster")?.remove();
    made.addEventListener(made.tagName === "IMG" ? "load" : "loadeddata", isThere, { once: true });
    if (made.tagName !== "IMG") clock.add(made);
  }

  function empty() {
    undo();
    undo = () => {};
    for (const { film } of sides) {
      if (!film || film.tagName === "IMG") continue;
      clock.remove(film);
      film.removeAttribute("src");
      film.load();
    }
    box.replaceChildren();
    sides = [];
  }

  // Show one cell or two; what played goes on playing, from the same moment.
  async function open(cells, view = null, takesFocus = true) {
    const shown = cells.filter(canShow);
    if (!shown.length || shown.length !== cells.length) return say("There is nothing to enlarge in that cell");
    const mine = ++turn;
    const [goesOn, frame] = [clock.isMoving(), clock.frame()];
    if (goesOn) clock.pause();
    empty();
    if (!isOpen()) screens.sleep(true);
    stage.cells = shown;
    sides = shown.map(makeSide);
    const [first] = shown;
    panel.style.cssText = `--w:${first.style.getPropertyValue("--w") || 16};--h:${first.style.getPropertyValue("--h") || 9}`;
    panel.hidden = false;
    root.classList.add("on-stage");
    const isElsewhere = !root.contains(focusOf(root)) || focusOf(root).closest(".wall-scroll");
    if (takesFocus && isElsewhere) panel.focus({ preventScroll: true });
    setView(isPair() ? (view ?? stage.view ?? "wipe") : null);
    await Promise.all(sides.map((one) => fill(one, mine)));
    if (mine !== turn) return;
    clock.seek(frame);
    if (goesOn) clock.play();
  }

  function setView(view) {
    const isWithin = panel.contains(focusOf(root));
    undo();
    if (view) stage.view = view;
    panel.dataset.view = isPair() ? stage.view : "one";
    box.style.cssText = "";
    box.replaceChildren(...sides.map((one) => one.side)); // at once, so that what plays is not stopped
    sides.forEach(({ cell, side }, index) => {
      side.className = `stage-side ${"ab"[index]}`;
      side.querySelector(".stage-tag").replaceChildren(element("b", {}, "AB"[index]), ` ${nameCell(cell)}`);
    });
    const names = stage.cells.map(nameCell);
    name.textContent = isPair() ? `A ${names[0]} · B ${names[1]}` : names[0];
    tools.replaceChildren();
    if (isWithin && !panel.contains(focusOf(root))) panel.focus({ preventScroll: true }); // its tool is gone
    undo = isPair() ? (PAIR_VIEWS[stage.view]?.(box, tools, say) ?? (() => {})) : () => {};
    say(isPair() ? `${VIEWS[stage.view]}: ${names.join(" and ")}` : `Enlarged: ${names[0]}`);
    changed();
  }

  function close() {
    if (!isOpen()) return;
    const [goesOn, frame] = [clock.isMoving(), clock.frame()];
    const [back, isWithin] = [stage.cells.at(-1), panel.contains(focusOf(root))];
    turn += 1;
    if (goesOn) clock.pause();
    empty();
    stage.cells = [];
    panel.hidden = true;
    root.classList.remove("on-stage");
    screens.sleep(false);
    clock.seek(frame);
    if (goesOn) clock.play();
    changed();
    if (isWithin || document.activeElement === document.body) back.focus();
  }

  return Object.assign(stage, {
    isOpen,
    isPair,
    canShow,
    open,
    setView,
    close,
    // Of two the marks are those of one.
    tellWhose(cell) {
      if (isPair() && cell) marks.dataset.of = "AB"[stage.cells.indexOf(cell)];
      else delete marks.dataset.of;
      marks.setAttribute("aria-label", cell ? `Marks of ${nameCell(cell)}` : "Marks");
    },
    filmOf: (cell) => sides.find((one) => one.cell === cell)?.film ?? null,
    // The source in the place of the output and back, or the two sides changed over.
    swap() {
      if (!isPair()) return false;
      stage.cells.reverse();
      sides.reverse();
      setView(stage.view);
    },
    stop() {
      turn += 1;
      empty();
      panel.remove();
      root.classList.remove("on-stage");
    },
  });
}
