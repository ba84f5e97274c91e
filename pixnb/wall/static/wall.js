// A wall that Python wrote, made alive: `mountWall(root, host)` gives it its player, its keys and its marks, and returns
// what takes them away again.

function mountWall(root, given = {}) {
  if (!root.querySelector(".wall-scroll figure.wall-cell")) return () => {};
  const host = given.keeps === "page" && !given.isKept ? keepInPage(root.dataset.wall).host(given) : given;
  const wall = { focus: null, chosen: [], isLoud: false, isComing: false, under: null };
  const figures = [...root.querySelectorAll("figure.wall-cell")];
  const lengths = figures.map((cell) => Number(cell.dataset.seconds)).filter((length) => length > 0);
  const rates = figures.map((cell) => Number(cell.dataset.fps)).filter((rate) => rate > 0);
  const clock = makeClock({
    fps: rates.length ? Math.max(...rates) : 24,
    seconds: lengths.length ? Math.max(...lengths) : 0,
    changed: () => refresh(),
    patience: given.patience,
    left: (film) => screens.tellLeft(film),
  });
  const screens = makeScreens(root, host, clock, () => refresh());
  let bar = null;
  const stage = makeStage(root, screens, clock, { say: (words) => bar?.say(words), changed: () => refresh() });
  const marks = makeMarks(root, host, { say: (words) => bar?.say(words), onnotes: () => showNotes() });
  const help = makeHelp(root, (isOpen) => bar.setHelp(isOpen));
  const here = () => (stage.isOpen() ? (stage.cells.findLast(marks.can) ?? stage.cells.at(-1)) : wall.focus);

  function refresh() {
    if (!bar) return;
    bar.refresh(wall.isComing);
    hear();
    const large = stage.isOpen() && marks.can(here()) ? here() : null;
    marks.showLarge(stage.marks, large, acts.note);
    stage.tellWhose(large);
    const pair = stage.isPair() ? stage.cells : wall.chosen;
    bar.setViews(stage.isPair() ? stage.view : null, pair.length === 2, "Choose two cells: Shift+click them, or press c on each");
    const waits = clock.state === "waiting" ? "waiting for a film" : "";
    const lasts = new Set(lengths.map((length) => Math.round(length * 10))).size > 1 ? "shorter ones hold their last frame" : "";
    bar.setSaid([waits, screens.words(), stage.isOpen() ? "" : lasts].filter(Boolean).join(" · "));
  }

  // Films are asked for at the first need of them; then the clock has them, and waits for those that are on their way.
  async function ready(isAnew = false) {
    if (!stage.isOpen()) await screens.want(isAnew);
  }

  function focusOn(cell, takes = true) {
    if (!cell) return false;
    for (const one of figures) one.tabIndex = one === cell ? 0 : -1;
    wall.focus = cell;
    if (takes && focusOf(root) !== cell) cell.focus();
    hear();
    showNotes();
    return true;
  }

  function showNotes() {
    const cell = here();
    const isWithin = root.contains(focusOf(root));
    bar?.showNotes(cell, cell ? marks.of(cell).notes : [], marks.haveNotes());
    if (isWithin && !root.contains(focusOf(root))) (stage.isOpen() ? stage.panel : wall.focus)?.focus({ preventScroll: true });
  }

  // One film is heard: that under the pointer, else that under the focus.
  function hear() {
    const cell = stage.isOpen() ? here() : (wall.under ?? wall.focus);
    const film = stage.isOpen() ? stage.filmOf(cell) : cell && screens.filmOf(cell);
    for (const one of clock.films) if (one !== film || !wall.isLoud) one.muted = true;
    const hasSound = wall.isLoud && film?.tagName !== "IMG" && cell?.dataset.sound !== undefined && cell.dataset.sound !== "0";
    clock.heard = hasSound && film ? film : null;
    if (clock.heard) clock.heard.muted = false;
  }

  function choose(cell = wall.focus) {
    if (!cell || !stage.canShow(cell)) return bar.say("There is no film to compare in that cell");
    const isChosen = wall.chosen.includes(cell);
    wall.chosen = isChosen ? wall.chosen.filter((one) => one !== cell) : [...wall.chosen.slice(-1), cell];
    for (const one of figures) {
      const letter = "AB"[wall.chosen.indexOf(one)] ?? "";
      one.classList.toggle("chosen", Boolean(letter));
      const screen = one.querySelector(".wall-screen");
      if (letter) screen.dataset.letter = letter;
      else if (screen) delete screen.dataset.letter;
      one.querySelector(".cell-pair")?.setAttribute("aria-pressed", String(Boolean(letter)));
    }
    bar.say(isChosen ? `Not chosen: ${nameCell(cell)}` : `${"AB"[wall.chosen.length - 1]}: ${nameCell(cell)}`);
    refresh();
  }

  function view(name) {
    if (stage.isPair()) stage.setView(name);
    else if (wall.chosen.length === 2) stage.open(wall.chosen, name);
    else bar.say("Choose two cells first: Shift+click them, or press c on each");
  }

  const leaveStage = () => (host.leave ?? stage.close)(); // a stage within something else is left with it
  let goesOn = false;
  const nextSpeed = (by) => {
    const at = SPEEDS.indexOf(clock.rate) + by;
    if (SPEEDS[at]) acts.rate(SPEEDS[at]);
  };
  const acts = {
    keyOf,
    async toggle() {
      if (clock.isMoving()) {
        clock.pause();
        return bar.say(`Paused at ${sayTime(clock.now())}`);
      }
      wall.isComing = !wall.isComing; // pressed again before the films are here: not now
      refresh();
      await ready(true);
      if (!wall.isComing) return;
      wall.isComing = false;
      if (clock.films.size) clock.play();
      bar.say(clock.films.size ? "Playing" : "No film of this wall can be played here");
      refresh();
    },
    async step(by) {
      if (clock.isMoving()) clock.pause();
      const frame = clock.frame() + by;
      clock.seek(Math.max(0, Math.min(frame, clock.frames() - 1)));
      await ready();
      bar.say(`Frame ${clock.frame() + 1}`);
    },
    back: () => void acts.step(-1),
    forth: () => void acts.step(1),
    hold(isHeld) {
      if (isHeld) {
        goesOn = clock.isMoving();
        if (goesOn) clock.pause();
        ready();
      } else if (goesOn) clock.play();
    },
    seek: (frame) => clock.seek(frame),
    jump(at) {
      if (at !== null && at !== undefined) clock.seek(Math.floor(at * clock.fps + 1e-3));
      ready();
    },
    rate(rate) {
      clock.setRate(rate);
      bar.say(`Speed ${rate}`);
    },
    slower: () => nextSpeed(-1),
    faster: () => nextSpeed(1),
    loop() {
      clock.loops = !clock.loops;
      bar.say(clock.loops ? "Loops" : "Stops at the end");
      refresh();
    },
    sound() {
      wall.isLoud = !wall.isLoud;
      bar.setSound(wall.isLoud);
      bar.say(wall.isLoud ? "Sound on" : "Sound off");
      hear();
    },
    zoom() {
      if (!stage.isOpen() && !wall.focus) return false;
      if (stage.isOpen()) leaveStage();
      else stage.open([wall.focus]);
    },
    leave() {
      if (help.isOpen()) help.toggle(false);
      else if (stage.isOpen()) leaveStage();
      else if (wall.chosen.length) [...wall.chosen].forEach(choose);
      else return false;
    },
    choose: () => choose(),
    source() {
      const cell = here();
      const source = cell && sourceOf(root, cell);
      if (!source || source === cell) return bar.say("There is no source clip in this wall");
      if (stage.isPair() && stage.cells.includes(source)) return stage.swap();
      stage.open([source, cell], stage.view);
    },
    view,
    beside: () => view("beside"),
    wipe: () => view("wipe"),
    flicker: () => view("flicker"),
    difference: () => view("difference"),
    swap: () => stage.swap(),
    move(way) {
      if (stage.isOpen() && host.move) return host.move(way[0] + way[1]);
      if (stage.isOpen()) {
        const next = stage.isPair() ? null : nextInRow(stage.cells[0], way[0] + way[1]);
        return next ? void stage.open([next]) : false;
      }
      return focusOn(wall.focus ? nextCell(figures, wall.focus, way) : figures[0]);
    },
    star: (count) => (marks.can(here()) ? marks.star(here(), count) : bar.say("Only outputs have stars")),
    pick: () => (marks.can(here()) ? marks.pick(here()) : bar.say("Only outputs can be picked")),
    note() {
      const cell = here();
      if (!marks.can(cell)) return bar.say("Only outputs have notes");
      if (clock.isMoving()) clock.pause();
      const at = PLAYED.includes(cell.dataset.kind) ? Math.round((clock.frame() / clock.fps) * 1000) / 1000 : null;
      bar.askNote(cell, at ?? 0, (text) => {
        if (text) marks.note(cell, text, at);
        showNotes();
        (stage.isOpen() ? stage.panel.querySelector("button") : cell).focus({ preventScroll: true });
      });
    },
    unnote: (cell, id) => marks.unnote(cell, id),
    help: () => help.toggle(),
    download: host.keeps === "page" ? () => downloadMarks(host.own?.() ?? marks.all(), host.about ?? root.dataset) : null,
  };

  function nextInRow(cell, by) {
    const all = figures.filter(stage.canShow);
    return all[all.indexOf(cell) + by];
  }

  bar = makeBar(root, clock, acts);
  const undoKeys = listenToKeys(root, acts);
  const undoCells = wireCells(root, figures, { wall, focusOn, choose, hear, acts, marks, stage });
  refresh();
  showNotes();
  root.classList.add("alive");
  root.classList.toggle("still", !screens.played.length); // pictures, or nothing yet: there is nothing to play
  root.classList.toggle("single", figures.filter(stage.canShow).length < 2);
  takeUp(host.kept);

  // Where its reader is, for a page that is made anew when a run has ended.
  function takeUp(kept) {
    if (!kept) return;
    const find = (n) => figures.find((cell) => cell.dataset.n === n);
    kept.chosen.map(find).filter(Boolean).forEach(choose);
    Object.assign(clock, { loops: kept.loops });
    acts.rate(kept.rate);
    wall.isLoud = kept.isLoud;
    bar.setSound(kept.isLoud);
    const scroll = root.querySelector(".wall-scroll");
    [scroll.scrollLeft, scroll.scrollTop] = kept.scroll;
    focusOn(find(kept.focus) ?? figures[0], false);
    if (kept.hasFocus) wall.focus.focus({ preventScroll: true });
    clock.seek(kept.frame);
    if (kept.isWanted) (kept.goesOn ? acts.toggle : ready)();
    bar.say("Other runs are here");
    refresh();
  }

  unmount.enlarge = stage.open;
  unmount.toggle = acts.toggle;
  const isUsed = () => wall.isComing || stage.isOpen() || Boolean(root.querySelector(".bar-notes form"));
  unmount.isBusy = () => clock.isMoving() || isUsed();
  // Have something done when the loop begins anew, if nobody is disturbed by it.
  unmount.atTurn = (act) => {
    clock.turn = () => !isUsed() && (act(), true);
  };
  unmount.keep = () => ({
    focus: wall.focus?.dataset.n,
    hasFocus: root.contains(focusOf(root)),
    chosen: wall.chosen.map((cell) => cell.dataset.n),
    scroll: [root.querySelector(".wall-scroll").scrollLeft, root.querySelector(".wall-scroll").scrollTop],
    frame: clock.frame(),
    loops: clock.loops,
    rate: clock.rate,
    isLoud: wall.isLoud,
    isWanted: screens.isWanted,
    goesOn: clock.isMoving(),
    films: screens.giveAway(),
  });
  return unmount;

  function unmount() {
    undoKeys();
    undoCells();
    bar.stop();
    stage.stop();
    clock.stop();
    screens.close();
    marks.close();
    help.remove();
    bar.bar.hidden = true;
    root.classList.remove("alive", "still", "single");
  }
}
