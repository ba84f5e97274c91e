// A sweep's live grid. Its cells come as HTML that is escaped already, each when it changes; a clip when it is asked for.

const PARTS = ["summary", "buttons", "error", "grid", "details", "faults", "words"];

function frame(el) {
  const root = document.createElement("div");
  root.className = "pixnb pixnb-sweep sweep tex2jax_ignore mathjax_ignore";
  const card = document.createElement("div");
  card.className = "card";
  const parts = Object.fromEntries(PARTS.map((name) => [name, document.createElement("div")]));
  for (const name of PARTS) parts[name].className = `sweep-${name}`;
  parts.words.setAttribute("role", "status"); // the one part that a screen reader is told of
  parts.error.setAttribute("role", "alert");
  parts.details.hidden = true;
  card.append(...PARTS.map((name) => parts[name]));
  root.append(card);
  el.append(root);
  return parts;
}

function render({ model, el }) {
  const parts = frame(el);
  let chosen = null; // the number of the cell whose details are shown
  let blob = null;

  const cell = (number) => parts.grid.querySelector(`[data-n="${number}"]`);
  const all = () => [...parts.grid.querySelectorAll("[data-n]")];

  function drawButtons() {
    const active = parts.buttons.getRootNode().activeElement; // of a shadow root, as in marimo
    const had = parts.buttons.contains(active) ? active.textContent : null;
    parts.buttons.replaceChildren(
      ...model.get("buttons").map((name) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = name;
        made.addEventListener("click", () => {
          made.disabled = true;
          model.send({ press: name });
        });
        return made;
      }),
    );
    if (had !== null) parts.buttons.querySelector("button")?.focus();
  }

  function drawGrid() {
    parts.grid.innerHTML = model.get("grid");
    for (const one of all()) one.tabIndex = -1;
    const first = all()[0];
    if (first) first.tabIndex = 0;
  }

  function take(changed) {
    for (const [number, looks, title, inner] of changed) {
      const found = cell(number);
      if (!found) continue;
      const came = inner.includes("<img") && !found.querySelector("img");
      found.className = looks + (number === chosen ? " chosen" : "") + (came ? " came" : "");
      found.title = title;
      found.innerHTML = inner;
      if (number === chosen) describe(number);
    }
  }

  function describe(number) {
    const [head, ...lines] = cell(number).title.split("\n");
    const name = document.createElement("b");
    name.textContent = head;
    const said = document.createElement("div");
    said.className = "said";
    said.append(name, ...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    const old = parts.details.querySelector(".screen");
    const screen = old && old.dataset.of === String(number) ? old : document.createElement("div");
    screen.className = "screen";
    screen.dataset.of = number;
    parts.details.replaceChildren(screen, said);
    parts.details.hidden = false;
    return screen;
  }

  function choose(number) {
    all().forEach((one) => one.classList.toggle("chosen", Number(one.dataset.n) === number));
    chosen = number;
    const screen = describe(number);
    const isDone = cell(number).classList.contains("good");
    screen.classList.toggle("waiting", isDone);
    if (isDone && !screen.firstChild) model.send({ clip: number });
    parts.details.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  function show(message, buffers) {
    const screen = parts.details.querySelector(".screen");
    if (!screen || screen.dataset.of !== String(message.clip)) return;
    if (message.why) {
      screen.classList.remove("waiting");
      screen.replaceChildren(Object.assign(document.createElement("div"), { className: "error", textContent: message.why }));
      return;
    }
    if (blob) URL.revokeObjectURL(blob);
    blob = buffers.length ? URL.createObjectURL(new Blob([buffers[0]], { type: message.media_type })) : null;
    const made = document.createElement(message.kind === "image" ? "img" : message.kind);
    if (message.kind === "image") made.alt = "The picture";
    else Object.assign(made, { controls: true, muted: true, loop: true, playsInline: true });
    made.setAttribute("aria-label", "output");
    // a server that does not serve the file after all
    if (!blob) made.addEventListener("error", () => model.send({ clip: message.clip, bytes: true }), { once: true });
    made.src = blob ?? message.url;
    screen.replaceChildren(made);
    if (message.kind !== "image") made.play().catch(() => {}); // a browser may want a click first
  }

  parts.grid.addEventListener("click", (event) => {
    const found = event.target.closest("[data-n]");
    if (found) {
      move(found);
      choose(Number(found.dataset.n));
    }
  });

  function move(to) {
    for (const one of all()) one.tabIndex = one === to ? 0 : -1;
    to.focus({ preventScroll: false });
  }

  // arrow keys go from cell to cell, as in every grid; Enter opens one
  parts.grid.addEventListener("keydown", (event) => {
    const from = event.target.closest("[data-n]");
    if (!from) return;
    const box = from.getBoundingClientRect();
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.key === "Enter" || event.key === " ") choose(Number(from.dataset.n));
    else if (event.key in steps) {
      const [x, y] = steps[event.key];
      const far = (at) => Math.abs(at.left - box.left) * (y ? 5 : 1) + Math.abs(at.top - box.top);
      const ahead = all()
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([, at]) => (x ? Math.abs(at.top - box.top) < 8 && (at.left - box.left) * x > 8 : (at.top - box.top) * y > 8))
        .sort(([, a], [, b]) => far(a) - far(b));
      if (ahead.length) move(ahead[0][0]);
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook's own keys
  });

  const tell = {
    summary: () => (parts.summary.innerHTML = model.get("summary")),
    faults: () => (parts.faults.innerHTML = model.get("faults")),
    words: () => (parts.words.textContent = model.get("words")),
    error: () => {
      parts.error.textContent = model.get("error");
      if (model.get("error")) drawButtons();
    },
    buttons: drawButtons,
  };
  function receive(message, buffers) {
    if (message.cells) take(message.cells);
    else if ("clip" in message) show(message, buffers);
  }
  drawGrid();
  for (const [name, draw] of Object.entries(tell)) {
    draw();
    model.on(`change:${name}`, draw);
  }
  model.on("msg:custom", receive);
  model.send({ want: "cells" });

  return () => {
    for (const [name, draw] of Object.entries(tell)) model.off(`change:${name}`, draw);
    model.off("msg:custom", receive);
    if (blob) URL.revokeObjectURL(blob);
  };
}

export default { render };
