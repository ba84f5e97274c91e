// The filmstrip of a launcher: a tile for each launch, drawn from a model of its own; one of them is opened large, with
// its source, in the wall's player. Keys go from tile to tile, and never to the notebook behind.

const ACT_WORDS = {
  use: ["Use again", "Fill the form with this run's model and settings"],
  copy: ["Copy code", "Copy the line that gives this very run again, and pays nothing"],
  save: ["Save", "Download the original file"],
  collect: ["Collect", "Ask the service for it once more"],
  cancel: ["Cancel", "Stop waiting for it; the service may finish and bill it"],
};

function mountStrip(root, host) {
  const { model } = host;
  const me = Math.random().toString(36).slice(2); // of several views only the one that asked is answered
  const find = (name) => root.querySelector(`.strip-${name}`);
  const [row, side, place] = [find("row"), find("side"), find("open")];
  const tiles = new Map();
  const strip = { current: null, opened: null, order: [] };
  const source = element("div", { class: "strip-source" });
  const count = element("span", { class: "strip-count" });
  const wrap = button("Show all", { words: "Show all", pressed: false, class: "strip-wrap", hidden: true }, () => setWrap(!row.classList.contains("wrapped")));
  side.append(source, count, wrap);
  const opened = makeOpened(place, host, { act, close: () => shut(true), step: (by) => step(by, true), marked: drawMarks });
  const watcher = new ResizeObserver(showWrap);
  watcher.observe(row);
  let turn = 0;

  async function load(id, tries = 20) {
    if (tiles.has(id)) return tiles.get(id);
    try {
      const state = await model.widget_manager.get_model(id);
      if (!tiles.has(id)) tiles.set(id, makeTile(state, { open: toggle, focus: (tile) => setCurrent(tile, false), choose, changed }));
      return tiles.get(id);
    } catch {
      if (!tries) return null;
      await new Promise((done) => setTimeout(done, 250)); // a page that was loaded anew gets its models one by one
      return load(id, tries - 1);
    }
  }

  async function arrange() {
    const mine = ++turn;
    const found = (await Promise.all(model.get("tiles").map((id) => load(id)))).filter(Boolean);
    if (mine !== turn) return;
    strip.order = found;
    found.forEach(({ item }, at) => row.children[at] !== item && row.insertBefore(item, row.children[at] ?? null));
    root.hidden = !found.length;
    count.textContent = `${found.length} ${found.length === 1 ? "run" : "runs, newest first"}`;
    if (!found.includes(strip.current)) setCurrent(found[0] ?? null, false);
    drawMarks();
    drawChosen();
    showWrap();
  }

  function showWrap() {
    wrap.hidden = !row.classList.contains("wrapped") && row.scrollWidth <= row.clientWidth + 2;
  }

  function setWrap(isWrapped) {
    row.classList.toggle("wrapped", isWrapped);
    wrap.setAttribute("aria-pressed", String(isWrapped));
    showWrap();
  }

  function setCurrent(tile, takes) {
    for (const one of strip.order) one.face.tabIndex = one === tile ? 0 : -1;
    strip.current = tile;
    if (takes) tile?.face.focus({ preventScroll: true });
    if (takes) tile?.item.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function toggle(tile) {
    if (strip.opened === tile) shut(true);
    else open(tile);
  }

  function open(tile) {
    mark(strip.opened, false);
    strip.opened = tile;
    mark(tile, true);
    setCurrent(tile, false);
    tile.item.scrollIntoView({ block: "nearest", inline: "nearest" });
    opened.show(tile, model.get("source"));
    (root.offsetHeight < innerHeight * 0.85 ? root : place).scrollIntoView({ block: "nearest" });
  }

  function shut(takes) {
    if (!strip.opened) return false;
    const tile = strip.opened;
    mark(tile, false);
    strip.opened = null;
    opened.close();
    if (takes) setCurrent(tile, true);
    return true;
  }

  function mark(tile, isOpen) {
    tile?.item.classList.toggle("opened", isOpen);
    tile?.face.setAttribute("aria-expanded", String(isOpen));
  }

  // To a neighbour; where one is open, the neighbour opens in its place.
  function step(by, isAlong) {
    const next = strip.order[strip.order.indexOf(strip.opened ?? strip.current) + by];
    if (!next) return false;
    if (strip.opened && isAlong) open(next);
    else setCurrent(next, true);
    return true;
  }

  function move([x, y]) {
    if (strip.opened && !row.contains(focusOf(root))) return step(x + y, true);
    const cells = strip.order.map((one) => one.face);
    const face = strip.current && nextCell(cells, strip.current.face, [x, y]);
    const next = strip.order.find((one) => one.face === face);
    if (!next) return false;
    setCurrent(next, true);
    if (strip.opened) openInPlace(next);
  }

  function openInPlace(tile) {
    open(tile);
    tile.face.focus({ preventScroll: true });
  }

  function changed(tile) {
    if (tile === strip.opened) opened.refresh();
    drawMark(tile);
  }

  function drawMark(tile) {
    tile.drawMarks(host.marks[tile.state.get("run")] ?? NO_MARKS);
  }

  function drawMarks() {
    strip.order.forEach(drawMark);
  }

  function drawChosen() {
    const chosen = model.get("chosen");
    for (const tile of strip.order) tile.choose.setAttribute("aria-pressed", String(chosen.includes(tile.state.get("run"))));
  }

  function choose(tile = strip.current) {
    const run = tile?.state.get("run");
    if (!run) return;
    const before = model.get("chosen");
    host.send({ choose: before.includes(run) ? before.filter((one) => one !== run) : [...before, run] });
  }

  function act(name, more = {}) {
    const tile = strip.opened ?? strip.current;
    if (!tile) return;
    opened.tell("");
    host.send({ act: name, tile: tile.state.get("number"), to: me, ...more });
  }

  async function hear(message, buffers) {
    if (message.to !== me) return;
    if (message.told !== undefined) opened.tell(message.told);
    if (message.copy !== undefined) opened.showCode(message.copy, await copyText(message.copy));
    if (message.save === undefined) return;
    if (buffers?.length) saveBlob(new Blob([buffers[0]], { type: message.media_type }), message.save);
    else if (await isServed(message.url)) saveUrl(message.url, message.save);
    else return act("save", { bytes: true });
    opened.tell(`Saved as ${message.save}`);
  }

  const showSource = () => (source.innerHTML = model.get("source"));
  const say = () => (root.querySelector(".strip-live").textContent = model.get("said"));
  const nothing = Object.fromEntries(Object.values(ACTS).map((name) => [name, () => false]));
  const star = (stars) => (strip.current?.state.get("run") ? void opened.star(strip.current, stars) : false);
  const unlisten = listenToKeys(root, { ...nothing, move, star, leave: () => shut(true) || false, choose: () => choose() });
  const undo = [
    ["change:tiles", arrange],
    ["change:source", showSource],
    ["change:chosen", drawChosen],
    ["change:said", say],
    ["msg:custom", hear],
  ].map(([name, told]) => {
    model.on(name, told);
    return () => model.off(name, told);
  });
  host.onmarks = (marks) => {
    drawMarks();
    opened.follow(marks);
  };
  showSource();
  arrange();
  return () => {
    turn += 1;
    undo.forEach((one) => one());
    unlisten();
    watcher.disconnect();
    opened.close();
    for (const tile of tiles.values()) tile.close();
    host.onmarks = null;
  };
}

// A tile: what is seen of a launch, what is said of it, its stars; drawn anew where its model says something else.
function makeTile(state, { open, focus, choose: pick, changed }) {
  const picture = element("span", { class: "strip-picture" });
  const words = element("span", { class: "strip-words" });
  const stars = element("span", { class: "strip-stars" });
  const face = element("button", { type: "button", class: "strip-face", tabindex: -1, "aria-expanded": "false" }, picture, words, stars);
  const choose = button("Choose", { picture: "pick", class: "strip-choose", pressed: false, tabindex: -1, title: "Choose for a wall, a report or a file (c)" }, () => pick(tile));
  const item = element("li", { class: "strip-tile" }, face, choose);
  const tile = { state, item, face, choose, drawMarks, close: () => state.off("change", draw) };
  let seen = null;

  function draw() {
    item.dataset.tone = state.get("tone");
    item.dataset.run = state.get("run");
    choose.hidden = !state.get("run");
    const shown = [state.get("picture"), state.get("inset"), state.get("picture") ? "" : state.get("why")];
    if (String(shown) !== seen) {
      seen = String(shown);
      const [src, inset, why] = shown;
      picture.innerHTML = src ? "" : `<span class="strip-why">${why}</span>`;
      if (src) picture.append(element("img", { src, alt: "" }));
      if (inset) picture.append(element("img", { src: inset, alt: "made of another source", class: "strip-inset" }));
    }
    if (words.innerHTML !== state.get("face")) words.innerHTML = state.get("face");
    changed(tile);
  }

  function drawMarks({ stars: given, notes }) {
    const noted = notes?.length ? `${notes.length} ${notes.length === 1 ? "note" : "notes"}` : "";
    const text = [given ? "★".repeat(given) + "☆".repeat(5 - given) : "", noted].filter(Boolean).join(" ");
    if (stars.dataset.said === text) return;
    stars.dataset.said = text;
    stars.replaceChildren();
    if (given) stars.append(element("span", { role: "img", "aria-label": `${given} of 5 stars` }, text.split(" ")[0]));
    if (noted) stars.append(` ${noted}`);
  }

  face.addEventListener("click", () => open(tile));
  face.addEventListener("focus", () => focus(tile));
  state.on("change", draw);
  queueMicrotask(draw); // when its strip has it
  return tile;
}
