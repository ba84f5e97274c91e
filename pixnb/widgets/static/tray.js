// Below the strip: buttons for a wall, a report and a zip, how far they are, and files that this page takes away.

const KEPT = 60000; // milliseconds that a file's bytes stay at hand after they were saved

function make(name, css, text = "") {
  const made = document.createElement(name);
  made.className = css;
  made.textContent = text;
  return made;
}

function render({ model, el }) {
  const who = Math.random().toString(36).slice(2); // of several pages, the one that asked takes the file
  const row = make("div", "pixnb-tray-row");
  const said = make("span", "pixnb-tray-said");
  const link = make("a", "pixnb-tray-link", "Save again");
  const error = make("div", "");
  const bar = make("progress", "pixnb-tray-bar");
  said.setAttribute("role", "status");
  error.setAttribute("role", "alert");
  bar.setAttribute("aria-label", "Progress");
  bar.max = 1;
  link.hidden = true;
  let pieces = [];
  let late = null;
  let made = null;

  const buttons = Object.fromEntries(
    ["wall", "report", "zip"].map((name) => {
      const button = make("button", `jupyter-button pixnb-tray-${name}`);
      button.type = "button";
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        forget();
        model.send({ press: name, who });
      });
      row.append(button);
      return [name, button];
    }),
  );
  row.append(bar, said, link);
  el.append(row, error);

  function forget() {
    clearTimeout(late);
    link.hidden = true;
    pieces = [];
    if (made) URL.revokeObjectURL(made);
    made = null;
  }

  function save(url, name) {
    link.href = url;
    link.download = name;
    link.hidden = false;
    link.click();
  }

  function draw() {
    const labels = model.get("labels");
    const isBusy = model.get("is_busy");
    const isOpen = model.get("is_open");
    for (const [name, button] of Object.entries(buttons)) {
      const closes = name === "wall" && isOpen;
      button.textContent = closes ? "Close wall" : (labels[name] ?? "");
      // not `disabled`: the focus would be lost
      button.setAttribute("aria-disabled", String(isBusy || !(model.get("can_press") || closes)));
      button.title = model.get("can_press") || closes ? "" : "Nothing has finished yet";
    }
    row.hidden = !model.get("can_press") && !isOpen;
    bar.hidden = !isBusy;
    if (model.get("done") >= 0) bar.value = model.get("done");
    else bar.removeAttribute("value");
    if (said.textContent !== model.get("said")) said.textContent = model.get("said");
    error.textContent = model.get("error");
    error.className = error.textContent ? "pixnb-error" : "";
  }

  async function hear(message, buffers) {
    if (message.who !== who) return;
    if (message.url) {
      if (await isServed(message.url)) save(`${message.url}?download=1`, message.name);
      else model.send({ again: true, who });
      return;
    }
    if (message.begin === 0) pieces = [];
    pieces.push(buffers[0]);
    model.send({ got: message.begin, who });
    if (message.begin + buffers[0].byteLength < message.size) return;
    made = URL.createObjectURL(new Blob(pieces, { type: "application/octet-stream" }));
    pieces = [];
    save(made, message.name);
    late = setTimeout(forget, KEPT);
  }

  draw();
  model.on("change", draw);
  model.on("msg:custom", hear);
  return () => {
    forget();
    model.off("change", draw);
    model.off("msg:custom", hear);
  };
}

export default { render };
