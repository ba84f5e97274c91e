// The opened tile: its player, what can be done with it, and all that is said of it.

function makeOpened(place, host, { act, close: leave, step, marked }) {
  const facts = element("div", { class: "strip-facts facts" });
  const shut = button("Close", { picture: "close", title: "Close (Escape)", class: "strip-shut" }, leave);
  const back = button("The run before it in the strip", { words: "‹", title: "Newer (←)" }, () => step(-1));
  const forth = button("The run after it in the strip", { words: "›", title: "Older (→)" }, () => step(1));
  const player = element("div", { class: "strip-player" });
  const acts = element("div", { class: "strip-acts", role: "group", "aria-label": "What to do with it" });
  const told = element("span", { class: "strip-told", role: "status" });
  const code = element("pre", { class: "strip-code", tabindex: 0, "aria-label": "Code", hidden: true });
  const detail = element("div", { class: "strip-detail" });
  place.append(element("div", { class: "strip-bar-top" }, facts, back, forth, shut), player, element("div", { class: "strip-do" }, acts, told), code, detail);
  const now = { tile: null, pair: null, source: "", view: "beside", unmount: null, inner: null };

  function show(tile, source) {
    const isWithin = place.contains(focusOf(place));
    stop();
    Object.assign(now, { tile, source, pair: null });
    place.hidden = false;
    tell("");
    code.hidden = true;
    refresh(true);
    if (!now.unmount || isWithin) (player.querySelector(".wall-stage") ?? place).focus({ preventScroll: true });
  }

  function write(holder, text) {
    if (holder.dataset.said === text) return;
    holder.dataset.said = text;
    holder.innerHTML = text;
  }

  function refresh(takesFocus = false) {
    const { state } = now.tile;
    write(facts, state.get("facts"));
    write(detail, state.get("detail"));
    const names = state.get("acts").filter((name) => ACT_WORDS[name]);
    if (acts.dataset.said !== String(names)) {
      acts.dataset.said = String(names);
      const isWithin = acts.contains(focusOf(place));
      acts.replaceChildren(...names.map((name) => button(ACT_WORDS[name][0], { words: ACT_WORDS[name][0], title: ACT_WORDS[name][1] }, () => act(name))));
      if (isWithin) place.focus({ preventScroll: true }); // what was pressed is gone: keys go on from here
    }
    if (now.pair === state.get("pair")) return;
    now.pair = state.get("pair");
    play(takesFocus);
  }

  // The wall's player on a wall of two cells, which are enlarged at once.
  function play(takesFocus) {
    stop();
    if (!now.pair) return;
    const scroll = element("div", { class: "wall-scroll" });
    scroll.innerHTML = now.pair;
    const wall = element("div", { class: "pixnb pixnb-wall", "data-wall": "strip" }, element("div", { class: "wall-bar" }), scroll);
    player.replaceChildren(wall);
    const cells = [...scroll.querySelectorAll("figure.wall-cell")];
    lend(cells);
    const { keeps, film } = host;
    now.inner = { keeps, film, marks: copyMarks(host.marks), mark, leave, move: step };
    now.unmount = mountWall(wall, now.inner);
    const shown = cells.filter((cell) => ["video", "audio", "image"].includes(cell.dataset.kind));
    const { unmount } = now;
    if (shown.length) unmount.enlarge(shown, shown.length > 1 ? now.view : null, takesFocus).then(() => now.unmount === unmount && !isCalm() && unmount.toggle());
  }

  // The stills are in the strip already.
  function lend(cells) {
    const given = element("div", {});
    given.innerHTML = now.source;
    const sources = now.tile.state.get("inset") || given.querySelector("img")?.src;
    for (const cell of cells) {
      const poster = cell.querySelector(".wall-poster");
      const src = cell.matches(".wall-source") ? sources : now.tile.state.get("picture");
      if (poster && src) poster.src = src;
    }
  }

  function mark(run, change) {
    host.marks[run] = applyMark(host.marks[run], change);
    host.mark(run, change);
    marked();
  }

  function stop() {
    const { view } = player.querySelector(".wall-stage")?.dataset ?? {};
    if (view && view !== "one") now.view = view; // the next one is looked at alike
    now.unmount?.();
    Object.assign(now, { unmount: null, inner: null });
    player.replaceChildren();
  }

  const tell = (text) => (told.textContent = text);

  return {
    show,
    tell,
    refresh: () => now.tile && refresh(false),
    showCode(text, isCopied) {
      code.textContent = text;
      code.hidden = false;
      tell(isCopied ? "Copied" : "Not copied: select the line and press Ctrl+C");
    },
    star(tile, stars) {
      mark(tile.state.get("run"), { stars: stars || null });
      follow(host.marks);
    },
    follow: (marks) => follow(marks),
    close() {
      stop();
      now.tile = null;
      place.hidden = true;
    },
  };

  function follow(marks) {
    if (now.inner) now.inner.marks = marks;
    now.inner?.onmarks?.(marks);
  }
}
