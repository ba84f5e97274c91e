// Three ways to lay two films over each other. Each gets the box with both and a place for its tools, and returns what
// undoes it.

const FASTEST = 3; // Hz: more than three flashes a second may harm
const PAIR_VIEWS = { wipe: wipe, flicker: flicker, difference: difference };

// A line that can be dragged anywhere in the box, or moved by the keys.
function wipe(box, tools, say) {
  const handle = element("div", {
    class: "wipe-handle",
    role: "slider",
    tabindex: 0,
    "aria-label": "Wipe between A and B",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
    "aria-orientation": "horizontal",
  });
  let part = 50;

  function set(to) {
    part = Math.max(0, Math.min(100, to));
    box.style.setProperty("--wipe", `${part}%`);
    handle.setAttribute("aria-valuenow", Math.round(part));
    handle.setAttribute("aria-valuetext", `${Math.round(part)} % of A`);
  }

  function drag(event) {
    const { left, width } = box.getBoundingClientRect();
    set(((event.clientX - left) / width) * 100);
  }

  function grab(event) {
    if (event.button) return;
    box.setPointerCapture(event.pointerId);
    box.addEventListener("pointermove", drag);
    handle.focus({ preventScroll: true });
    drag(event);
    event.preventDefault();
  }

  const letGo = () => box.removeEventListener("pointermove", drag);

  function press(event) {
    const step = event.shiftKey ? 10 : 1;
    const moves = { ArrowLeft: part - step, ArrowRight: part + step, ArrowDown: part - step, ArrowUp: part + step };
    const to = { ...moves, Home: 0, End: 100, PageDown: part - 10, PageUp: part + 10 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    set(to);
    event.preventDefault();
    event.stopPropagation();
  }

  box.append(handle);
  set(50);
  handle.addEventListener("keydown", press);
  box.addEventListener("pointerdown", grab);
  box.addEventListener("pointerup", letGo);
  box.addEventListener("pointercancel", letGo);
  return () => {
    letGo();
    handle.remove();
    box.removeEventListener("pointerdown", grab);
    box.removeEventListener("pointerup", letGo);
    box.removeEventListener("pointercancel", letGo);
  };
}

function slider(label, { min, max, step, value, unit }, set) {
  const shown = element("output", {}, `${value} ${unit}`);
  const input = element("input", { type: "range", min, max, step, value, "aria-label": label });
  const say = () => {
    shown.textContent = `${input.value} ${unit}`;
    input.setAttribute("aria-valuetext", shown.textContent);
    set(Number(input.value));
  };
  input.addEventListener("input", say);
  say();
  return element("label", { class: "stage-slider" }, element("span", {}, label), input, shown);
}

// A and B in one place, in turn; it waits for a press where less motion is wanted.
function flicker(box, tools, say) {
  let rate = 1;
  let timer = null;
  let isOn = !isCalm();
  let showsB = false;
  const toggle = button("Flicker", { words: "Flicker", pressed: isOn, class: "stage-toggle" }, () => {
    isOn = !isOn;
    toggle.setAttribute("aria-pressed", String(isOn));
    say(isOn ? "Flicker on" : "Flicker off");
    turn();
  });

  function turn() {
    clearTimeout(timer);
    timer = null;
    if (!isOn) return;
    timer = setTimeout(() => {
      flip();
      turn();
    }, 500 / rate); // there and back is one
  }

  function flip() {
    showsB = !showsB;
    box.dataset.shows = showsB ? "b" : "a";
  }

  const other = button("Show the other", { words: "A ↔ B", title: "Show the other", class: "stage-toggle" }, flip);
  const speed = slider("rate", { min: 0.5, max: FASTEST, step: 0.25, value: rate, unit: "Hz" }, (to) => {
    rate = Math.min(to, FASTEST);
    turn();
  });
  tools.append(toggle, other, speed);
  box.dataset.shows = "a";
  turn();
  return () => {
    clearTimeout(timer);
    delete box.dataset.shows;
  };
}

// What differs is light, what is alike is black; the gain lifts what is too faint to see.
function difference(box, tools) {
  tools.append(
    slider("gain", { min: 1, max: 16, step: 1, value: 2, unit: "×" }, (gain) => box.style.setProperty("--gain", gain)),
  );
  return () => box.style.removeProperty("--gain");
}
