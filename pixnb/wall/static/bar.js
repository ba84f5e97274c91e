// The bar of a wall: play, frames, scrub with the notes of the cell under focus as ticks, speed, loop, sound, views of
// two cells, what is said, and the field for a note.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

function makeBar(root, clock, acts) {
  const bar = root.querySelector(".wall-bar") ?? root.insertBefore(element("div", { class: "wall-bar" }), root.firstChild);
  const play = button("Play", { picture: "play", title: "Play (Space)", class: "bar-play" }, acts.toggle);
  const back = button("One frame back", { picture: "back", title: "One frame back (,)" }, () => acts.step(-1));
  const forth = button("One frame on", { picture: "forth", title: "One frame on (.)" }, () => acts.step(1));
  const range = element("input", { type: "range", class: "bar-range", min: 0, step: 1, value: 0, "aria-label": "Moment" });
  const ticks = element("div", { class: "bar-ticks" });
  const time = element("span", { class: "bar-time", "aria-hidden": "true" });
  const speed = element("select", { class: "bar-speed", "aria-label": "Speed", title: "Speed ([ and ])" });
  speed.append(...SPEEDS.map((one) => element("option", { value: one, selected: one === 1 }, `${one}×`)));
  const loop = button("Loop", { picture: "loop", title: "Loop (l)", pressed: clock.loops }, acts.loop);
  const sound = button("Sound of the cell under the pointer", { picture: "sound", pressed: false, title: "Sound of the cell under the pointer (m)" }, acts.sound);
  const views = element("div", { class: "bar-views", role: "group", "aria-label": "Two cells" });
  views.append(
    ...Object.entries(VIEWS).map(([view, words]) =>
      button(words, { words, pressed: false, "data-view": view, title: `${words} (${acts.keyOf(view)})` }, () => acts.view(view)),
    ),
  );
  const save = button("Download the marks", { picture: "save", title: "Download stars, picks and notes as a file", hidden: !acts.download }, acts.download ?? (() => {}));
  const help = button("Keys", { words: "?", title: "Keys (?)", "aria-expanded": "false", class: "bar-help" }, acts.help);
  const said = element("span", { class: "bar-said" });
  const live = element("span", { class: "wall-live", role: "status" });
  const notes = element("div", { class: "bar-notes", hidden: true });
  const steps = element("div", { class: "bar-group", role: "group", "aria-label": "Playback" }, back, play, forth);
  const line = element("div", { class: "bar-line" }, range, ticks);
  const marks = element("div", { class: "bar-group", role: "group", "aria-label": "How it plays" }, speed, loop, sound);
  const end = element("div", { class: "bar-group end" }, ...makePager(root), save, help);
  const more = element("div", { class: "bar-more" }, views, said, end);
  const first = element("div", { class: "bar-row", role: "toolbar", "aria-label": "Player" }, steps, line, time, marks, more);
  bar.replaceChildren(first, notes, live);
  bar.hidden = false;
  let isHeld = false; // somebody drags
  let painting = 0;
  let painted = 0;

  range.addEventListener("input", () => {
    if (!isHeld) acts.hold(true);
    isHeld = true;
    acts.seek(Number(range.value));
  });
  range.addEventListener("change", () => {
    if (isHeld) acts.hold(false);
    isHeld = false;
  });
  speed.addEventListener("change", () => acts.rate(Number(speed.value)));

  function paint() {
    const [frame, last] = [clock.frame(), clock.frames() - 1];
    const whole = sayTime(clock.seconds);
    range.max = last;
    if (!isHeld) range.value = frame;
    const at = clock.state === "playing" ? sayTime(clock.now()) : sayTime(frame / clock.fps);
    range.setAttribute("aria-valuetext", `${at} of ${whole}, frame ${frame + 1} of ${last + 1}`);
    line.style.setProperty("--part", last ? frame / last : 0);
    time.textContent = `${at} / ${whole}`;
    time.title = `frame ${frame + 1} of ${last + 1}`;
  }

  // Fifteen times a second: each change of the bar is drawing that the films could have.
  function run(when) {
    if (when - painted > 66) {
      painted = when;
      paint();
    }
    painting = clock.isMoving() && root.isConnected ? requestAnimationFrame(run) : 0;
  }

  function setButton(one, picture, label, key) {
    if (one.getAttribute("aria-label") === label) return;
    one.setAttribute("aria-label", label);
    one.title = `${label} (${key})`;
    one.replaceChildren(icon(picture));
  }

  function refresh(isComing = false) {
    const moves = clock.isMoving();
    setButton(play, moves ? "pause" : "play", moves ? "Pause" : "Play", "Space");
    play.classList.toggle("busy", isComing || clock.state === "waiting" || clock.state === "starting");
    loop.setAttribute("aria-pressed", String(clock.loops));
    speed.value = String(clock.rate);
    if (moves && !painting) painting = requestAnimationFrame(run);
    if (!moves) paint();
  }

  // One line that is there as long as any cell has a note, so that nothing moves under the pointer.
  function showNotes(cell, list, isNeeded) {
    ticks.replaceChildren(
      ...list
        .filter((note) => note.at !== null && note.at !== undefined)
        .map((note) => {
          const tick = button(`Note at ${sayNote(note)}`, { class: "bar-tick", title: sayNote(note), tabindex: -1 }, () => acts.jump(note.at));
          tick.style.setProperty("--at", clock.seconds ? Math.min(1, note.at / clock.seconds) : 0);
          return tick;
        }),
    );
    if (notes.querySelector("form")) return; // somebody writes
    notes.hidden = !isNeeded;
    notes.dataset.run = cell?.dataset.run ?? "";
    notes.replaceChildren(
      element("span", { class: "bar-cell" }, cell ? nameCell(cell) : ""),
      ...list.map((note) =>
        element(
          "span",
          { class: "bar-note" },
          button(sayNote(note), { words: sayNote(note), title: "Go to this moment" }, () => acts.jump(note.at)),
          button(`Remove the note ${note.text}`, { picture: "close", title: "Remove this note" }, () => acts.unnote(cell, note.id)),
        ),
      ),
    );
  }

  // A field for a note of this moment; `done(text)` gets what was written, or null.
  function askNote(cell, at, done) {
    const field = element("input", { type: "text", maxlength: 2000, "aria-label": `Note on ${nameCell(cell)} at ${sayTime(at)}`, placeholder: "What happens here?" });
    const cancel = button("Cancel", { words: "Cancel" }, () => finish(null));
    const form = element("form", {}, element("span", { class: "bar-cell" }, `${nameCell(cell)} · ${sayTime(at)}`), field, element("button", { type: "submit" }, "Save note"), cancel);
    function finish(text) {
      form.remove();
      done(text);
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(field.value);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") finish(null);
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    notes.hidden = false;
    notes.replaceChildren(form);
    field.focus();
  }

  refresh();
  return {
    bar,
    refresh,
    showNotes,
    askNote,
    say: (words) => (live.textContent = words),
    setSaid: (words) => (said.textContent = words),
    setSound: (isOn) => sound.setAttribute("aria-pressed", String(isOn)),
    setViews(view, isPossible, why) {
      for (const one of views.children) {
        one.setAttribute("aria-pressed", String(one.dataset.view === view));
        one.disabled = !isPossible;
        one.title = isPossible ? `${one.textContent} (${acts.keyOf(one.dataset.view)})` : why;
      }
    },
    setHelp: (isOpen) => help.setAttribute("aria-expanded", String(isOpen)),
    stop: () => cancelAnimationFrame(painting),
  };
}

// A wall of many cells comes in pages, which whoever holds the wall turns when a button with `data-page` is pressed.
function makePager(root) {
  const [pages, nth] = [Number(root.dataset.pages), Number(root.dataset.nth) || 1];
  if (!(pages > 1)) return [];
  const turn = (words, to) => button(words, { words: words === "Next page" ? "›" : "‹", "data-page": to, disabled: to < 1 || to > pages }, () => {});
  return [turn("Page before", nth - 1), element("span", { class: "bar-said" }, `page ${nth} of ${pages}`), turn("Next page", nth + 1)];
}
