// A table of runs made alive: sorted by a click on a head, filtered by words, stars to click, clips that play in place.
// Its host is that of the wall: film(n), mark(run, change), marks, onmarks; and where it has one, show(n) for a clip.

const TABLE_TONES = {
  completed: "good", failed: "bad", error: "bad", unconfirmed: "bad", submitting: "busy", queued: "busy", processing: "busy",
};

// What a cell is sorted by: a number where it begins with one, as "$0.20 simulated", "1 min 15 s", "★★★☆☆", "2 of 4".
function tableOrder(text) {
  const said = text.trim();
  if (!said || said === "–" || said === "″") return null;
  if (/^[★☆]/.test(said)) return said.split("★").length - 1;
  const time = said.match(/^(?:(\d+) h ?)?(?:(\d+) min ?)?(?:([\d.]+) s)?$/);
  if (time) return 3600 * (time[1] ?? 0) + 60 * (time[2] ?? 0) + Number(time[3] ?? 0);
  const part = said.match(/^(\d+) of (\d+)$/);
  if (part) return part[1] / part[2];
  const number = said.match(/^[$€£]?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?)(?=$|\s|\()/i);
  return number ? Number(number[1].replaceAll(",", "")) : said;
}

function tableCompare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
  return one.localeCompare(other, undefined, { numeric: true, sensitivity: "base" });
}

function tablePlain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// A page without a kernel: what plays in it does so by itself, stars stay in this browser.
function tablePageHost(root) {
  const place = `pixnb-marks-${root.dataset.table}`;
  let marks = {};
  try {
    marks = JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {} // a browser that keeps nothing of files, or something else under that name
  return {
    keeps: "page",
    marks,
    mark(run, change) {
      marks[run] = { ...marks[run], ...change };
      try {
        localStorage.setItem(place, JSON.stringify(marks));
      } catch {}
    },
  };
}

function mountTable(root, host = tablePageHost(root)) {
  const table = root.querySelector("table.runs");
  if (!table || root.dataset.alive) return () => {};
  root.dataset.alive = "1";
  const page = Number(root.dataset.page) || 50;
  const heads = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies].map((body) => ({
    body,
    head: body.querySelector("tr.group"),
    rows: [...body.querySelectorAll("tr.run, tr[data-lean]")],
  }));
  const rows = bodies.flatMap((one) => one.rows);
  const gone = new AbortController();
  const on = (target, name, call) => target.addEventListener(name, call, { signal: gone.signal });
  let sorted = 0; // the head that rows are sorted by, their number at first
  let down = false;
  let first = 0;
  let shown = rows;

  const starsAt = heads.findIndex((head) => head.classList.contains("stars"));
  const marksAlive = Boolean(host.mark) && rows.some((row) => row.dataset.run);
  if (marksAlive && starsAt < 0) {
    heads.push(element("th", { class: "stars", scope: "col" }, "stars"));
    table.tHead.rows[0].append(heads.at(-1));
    for (const row of rows) row.append(element("td", { class: "stars" }));
    for (const head of table.querySelectorAll("tr.group th")) head.colSpan += 1;
  }
  const starCell = (row) => row.cells[starsAt < 0 ? heads.length - 1 : starsAt];

  // ---- rows beyond the first are light until somebody turns to them
  function dress(row) {
    if (!("lean" in row.dataset)) return;
    delete row.dataset.lean;
    row.classList.add("run");
    [...row.cells].reverse().forEach((cell) => {
      const head = heads[cell.cellIndex]; // the status first, which colours what is said of a clip
      cell.className = head.className;
      if (head.dataset.label) cell.dataset.label = head.dataset.label;
      if (head.classList.contains("status") && cell.textContent) {
        const word = cell.textContent;
        cell.replaceChildren(element("span", { class: `badge ${TABLE_TONES[word] ?? "calm"}` }, word));
      }
      const said = [...cell.childNodes];
      if (head.classList.contains("words")) cell.append(element("div", { class: "prompt", dir: "auto" }, ...said));
      if (!head.classList.contains("clip")) return;
      if (said.length) return cell.append(element("div", { class: row.querySelector(".badge.bad") ? "gap why" : "gap" }, ...said));
      cell.append(element("figure", { class: "bare", "data-n": row.cells[0].textContent, "data-kind": cell.dataset.kind ?? "video" }));
    });
    makePlayable(row);
    makeRatable(row);
  }

  // ---- sort, filter, pages
  const bar = root.querySelector(".table-bar");
  const field = element("input", { type: "search", placeholder: "Filter by a word", "aria-label": "Filter the runs by a word" });
  const count = element("span", { class: "count", role: "status" });
  const earlier = element("button", { type: "button" }, "‹ Earlier");
  const later = element("button", { type: "button" }, "Later ›");
  const turns = element("span", { class: "turns" }, earlier, later);
  const stays = element("span", { "aria-live": "polite", class: "stays" }); // empty until there is something that stays
  bar.append(field, count, turns, stays);
  bar.hidden = rows.length < 2;
  for (const note of root.querySelectorAll(".without-script")) note.hidden = true;
  for (const note of root.querySelectorAll(".without-film")) note.hidden = Boolean(host.film);

  const said = new Map();
  function textOf(row) {
    if (!said.has(row)) {
      const head = row.parentNode.querySelector("tr.group");
      said.set(row, tablePlain(`${row.textContent} ${head?.textContent ?? ""}`));
    }
    return said.get(row);
  }

  function arrange() {
    const words = tablePlain(field.value).split(/\s+/).filter(Boolean);
    shown = [];
    for (const { body, head, rows: own } of bodies) {
      let kept = own.filter((row) => words.every((word) => textOf(row).includes(word)));
      const keys = new Map(kept.map((row) => [row, keyOf(row.cells[sorted])]));
      const full = kept.filter((row) => keys.get(row) !== null);
      full.sort((one, other) => (down ? -1 : 1) * tableCompare(keys.get(one), keys.get(other)));
      kept = [...full, ...kept.filter((row) => keys.get(row) === null)]; // what says nothing comes last, whichever way
      if (kept.some((row, at) => row !== kept[at - 1]?.nextElementSibling && at)) body.append(...kept);
      if (head) head.hidden = kept.length === 0;
      shown.push(...kept);
    }
    first = Math.min(first, Math.max(0, Math.floor((shown.length - 1) / page) * page));
    const visible = new Set(shown.slice(first, first + page));
    for (const row of rows) {
      row.hidden = !visible.has(row);
      if (visible.has(row)) dress(row);
    }
    for (const { head, rows: own } of bodies) if (head && !head.hidden) head.hidden = !own.some((row) => !row.hidden);
    const many = shown.length > page ? `${first + 1}–${Math.min(first + page, shown.length)} of ` : "";
    count.textContent = words.length ? `${many}${shown.length} of ${rows.length}` : many ? `${many}${rows.length}` : "";
    turns.hidden = shown.length <= page;
    earlier.disabled = first === 0;
    later.disabled = first + page >= shown.length;
  }

  function keyOf(cell) {
    const prompt = cell.querySelector(":scope > .prompt, details > .prompt");
    if (prompt) return prompt.textContent;
    const stars = cell.querySelector("[aria-valuenow]")?.getAttribute("aria-valuenow");
    return stars === undefined ? tableOrder(cell.textContent) : Number(stars) || null;
  }

  heads.forEach((head, at) => {
    if (head.classList.contains("clip")) return;
    const press = element("button", { type: "button", class: "sort", title: "Sort" }, ...head.childNodes);
    head.append(press);
    on(press, "click", () => {
      const said = head.getAttribute("aria-sort");
      const next = { ascending: "descending", descending: null }[said] ?? (said ? null : "ascending");
      for (const one of heads) one.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next); // up, down, and as it came
      [sorted, down] = [next ? at : 0, next === "descending"];
      arrangeFrom(0);
    });
  });
  function arrangeFrom(place) {
    first = place;
    arrange();
  }
  on(earlier, "click", () => arrangeFrom(first - page));
  on(later, "click", () => arrangeFrom(first + page));
  on(field, "input", () => arrangeFrom(0));
  on(field, "keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    arrangeFrom(0);
  });

  // ---- stars
  function drawStars(cell, stars) {
    const slider = cell.firstElementChild;
    [...slider.children].forEach((star, at) => (star.textContent = at < stars ? "★" : "☆"));
    slider.setAttribute("aria-valuenow", stars);
    slider.setAttribute("aria-valuetext", stars ? `${stars} of 5 stars` : "no stars");
    slider.classList.toggle("none", !stars);
  }

  function makeRatable(row) {
    const run = row.dataset.run;
    if (!marksAlive || !run) return;
    const cell = starCell(row);
    if (cell.querySelector(".rate")) return;
    const given = host.marks?.[run]?.stars;
    const old = given === undefined ? cell.textContent.split("★").length - 1 : (given ?? 0);
    const slider = element("span", { class: "rate", tabindex: 0, role: "slider", "aria-valuemin": 0, "aria-valuemax": 5, "aria-label": `Stars of run ${row.cells[0].textContent}` });
    slider.append(...[1, 2, 3, 4, 5].map(() => element("i")));
    cell.classList.remove("empty", "soft");
    cell.replaceChildren(slider);
    drawStars(cell, old);
    const now = () => Number(slider.getAttribute("aria-valuenow"));
    const set = (stars) => {
      drawStars(cell, stars);
      host.mark(run, { stars: stars || null });
      if (host.keeps === "page") stays.textContent = "Stars stay in this browser; those of exp.report() can be handed back.";
    };
    on(slider, "click", (event) => {
      const at = [...slider.children].indexOf(event.target) + 1;
      if (at) set(at === now() ? 0 : at);
    });
    on(slider, "keydown", (event) => {
      const to = /^[0-5]$/.test(event.key) ? Number(event.key)
        : { ArrowRight: now() + 1, ArrowUp: now() + 1, ArrowLeft: now() - 1, ArrowDown: now() - 1, Delete: 0, Backspace: 0, Home: 0, End: 5 }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (to >= 0 && to <= 5) set(to);
    });
  }

  function followMarks(marks) {
    for (const row of rows) {
      const found = marks?.[row.dataset.run];
      if (found && starCell(row).querySelector(".rate")) drawStars(starCell(row), found.stars ?? 0);
    }
  }

  // ---- clips
  function makePlayable(within) {
    if (!host.film && !host.show) return; // never a sign to play where nothing does
    for (const figure of within.querySelectorAll("figure[data-n]")) {
      if (figure.querySelector("video, audio, .play") || figure.dataset.kind === "none") continue;
      const verb = figure.dataset.kind === "image" ? "Enlarge" : "Play";
      const name = figure.querySelector("img")?.alt || `clip of run ${figure.dataset.n}`;
      const press = element("button", { type: "button", class: `play ${figure.dataset.kind}`, "aria-label": `${verb}: ${name}` });
      figure.append(press);
      on(press, "click", () => play(figure, press));
    }
  }

  async function play(figure, press) {
    const { n, kind } = figure.dataset;
    if (host.show) return host.show(n);
    press.classList.add("waiting");
    const found = await host.film(n);
    press.classList.remove("waiting");
    figure.querySelector(".lost")?.remove();
    if (gone.signal.aborted || !figure.isConnected) return;
    if (!found?.url) {
      figure.append(element("small", { class: "lost", role: "status" }, found?.why ?? "The clip cannot be had here."));
      return;
    }
    const shownKind = found.kind ?? kind;
    const poster = figure.querySelector("img");
    const made = shownKind === "image"
      ? element("img", { src: found.url, alt: poster?.alt ?? "" })
      : Object.assign(element(shownKind === "audio" ? "audio" : "video", { src: found.url, "aria-label": poster?.alt ?? `clip of run ${n}` }), { controls: true, loop: true, playsInline: true, muted: shownKind !== "audio" });
    if (poster && shownKind === "video") made.poster = poster.src;
    made.classList.add("film");
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    const stop = () => {
      made.pause?.();
      made.remove();
      close.remove();
      figure.classList.remove("playing");
      press.focus();
    };
    on(close, "click", stop);
    on(figure, "keydown", (event) => event.key === "Escape" && made.isConnected && stop());
    figure.classList.add("playing");
    figure.append(made, close);
    (made.controls ? made : close).focus();
    made.play?.().catch(() => {}); // a browser may want a click first
  }

  // Its controls come when it is used: Firefox, whose own no style can hide, would lay them over each still.
  for (const video of root.querySelectorAll("figure video[src]")) {
    Object.assign(video, { controls: false, tabIndex: 0 });
    on(video, "play", () => video.parentNode.classList.add("playing"));
    on(video, "focus", () => (video.controls ||= video.matches(":focus-visible")));
    on(video, "click", (event) => {
      if (video.controls) return;
      event.preventDefault();
      video.controls = true;
      video.play().catch(() => {}); // its figure says what is wrong
    });
  }
  for (const row of rows) if (!("lean" in row.dataset)) makeRatable(row);
  makePlayable(root);
  if (host.mark) host.onmarks = followMarks;
  const { kept } = host;
  if (kept) takeUp(kept);
  arrange();
  if (kept) focusAgain(kept); // once rows are where they stay
  const unshield = shieldKeys(root);
  const unmount = () => {
    unshield();
    gone.abort();
    for (const video of root.querySelectorAll("figure video[src]")) video.controls = true;
    delete root.dataset.alive;
  };

  // Where its reader is, for a page that is made anew when there are other runs.
  unmount.isBusy = () => [...root.querySelectorAll(".film")].some((film) => film.paused === false);
  unmount.keep = () => {
    const at = document.activeElement;
    return {
      words: field.value,
      head: heads[sorted].textContent,
      sort: heads[sorted].getAttribute("aria-sort"),
      first,
      caret: at === field ? [field.selectionStart, field.selectionEnd] : null,
      pressed: heads.find((head) => head.contains(at))?.textContent,
      rated: root.contains(at) && at.classList.contains("rate") ? at.closest("tr").dataset.run : null,
      across: root.querySelector(".scroll").scrollLeft,
    };
  };
  return unmount;

  function takeUp(kept) {
    field.value = kept.words;
    first = kept.first;
    const at = heads.findIndex((head) => head.textContent === kept.head); // other runs may bring other columns
    if (!kept.sort || at < 0) return;
    heads[at].setAttribute("aria-sort", kept.sort);
    [sorted, down] = [at, kept.sort === "descending"];
  }

  function focusAgain(kept) {
    root.querySelector(".scroll").scrollLeft = kept.across;
    const head = heads.find((one) => one.textContent === kept.pressed);
    const row = rows.find((one) => kept.rated && one.dataset.run === kept.rated);
    const to = kept.caret ? field : (row?.querySelector(".rate") ?? head?.querySelector("button"));
    to?.focus({ preventScroll: true });
    if (kept.caret) field.setSelectionRange(...kept.caret);
  }
}
