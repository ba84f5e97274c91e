// A clip in a live card. Its bytes are never part of the widget's state: it is loaded by the URL of its file, or
// asked for in a message and kept as a Blob of this page.

function element(model) {
  const kind = model.get("kind");
  if (kind === "video" || kind === "audio") {
    const player = document.createElement(kind);
    player.controls = true;
    // a person's address is asked when they play it; a file of this server has a path alone
    player.preload = /^https?:/.test(model.get("url")) ? "none" : "metadata";
    player.setAttribute("aria-label", model.get("label"));
    if (kind === "video") {
      player.muted = true;
      player.loop = true;
      player.playsInline = true;
      player.poster = model.get("poster");
      if (model.get("width")) player.width = model.get("width");
      if (model.get("height")) player.height = model.get("height");
    }
    return player;
  }
  if (model.get("poster")) {
    const picture = document.createElement("img");
    picture.src = model.get("poster");
    picture.alt = model.get("label");
    return picture;
  }
  const gap = document.createElement("div");
  gap.className = "gap";
  gap.textContent = model.get("message");
  return gap;
}

function render({ model, el }) {
  const figure = document.createElement("figure");
  const words = document.createElement("figcaption");
  let shown = null;
  let blob = null;

  function ask() {
    if (shown && "src" in shown) model.send({ want: "bytes" });
  }

  function draw() {
    if (blob) URL.revokeObjectURL(blob);
    blob = null;
    shown = element(model);
    words.textContent = model.get("caption");
    figure.replaceChildren(shown, words);
    if (!("preload" in shown)) return;
    const url = model.get("url");
    if (url) {
      shown.addEventListener("error", ask, { once: true }); // a server that does not serve it after all
      shown.src = url;
    } else {
      ask();
    }
  }

  function receive(message, buffers) {
    if (message.media_type && shown && "preload" in shown && !blob) {
      blob = URL.createObjectURL(new Blob([buffers[0]], { type: message.media_type }));
      shown.src = blob;
    }
  }

  const names = ["kind", "url", "poster", "label", "caption", "message"];
  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  }
  for (const name of names) model.on(`change:${name}`, soon);
  model.on("msg:custom", receive);
  el.append(figure);
  draw();

  return () => {
    for (const name of names) model.off(`change:${name}`, soon);
    model.off("msg:custom", receive);
    if (blob) URL.revokeObjectURL(blob);
  };
}

export default { render };
