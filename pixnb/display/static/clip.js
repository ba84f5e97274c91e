// A clip in a live card. Its bytes are never part of the widget's state: it is loaded by the URL of its file, or
// asked for in a message and kept as a Blob of this page.

function player(model) {
  const made = document.createElement(model.get("kind"));
  made.controls = true;
  // a person's address is asked when they play it; a file of this server has a path alone
  made.preload = /^https?:/.test(model.get("url")) ? "none" : "metadata";
  made.setAttribute("aria-label", model.get("label"));
  if (model.get("kind") === "video") {
    made.muted = true;
    made.loop = true;
    made.playsInline = true;
    made.poster = model.get("poster");
    if (model.get("width")) made.width = model.get("width");
    if (model.get("height")) made.height = model.get("height");
  }
  return { shown: made, screen: made };
}

function picture(model) {
  const image = document.createElement("img");
  image.alt = model.get("label");
  if (model.get("poster")) image.src = model.get("poster"); // until the whole is here
  const [width, height] = [model.get("width"), model.get("height")];
  if (width && height) {
    [image.width, image.height] = [width, height];
    // beside a portrait there would be empty bars
    image.style.width = `min(100%, ${Math.round((420 * width) / height)}px)`;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "full";
  button.title = "Open in full size";
  button.append(image);
  button.addEventListener("click", () => {
    if (!image.src.startsWith("data:")) window.open(image.src, "_blank", "noopener");
  });
  return { shown: button, screen: image };
}

function gap(model) {
  const made = document.createElement("div");
  made.className = "gap";
  made.textContent = model.get("message");
  return { shown: made, screen: null };
}

function caption(model) {
  const [said, label] = [model.get("caption"), model.get("label")];
  if (!label || !said.startsWith(label)) return [said];
  const name = document.createElement("b");
  name.textContent = label;
  return [name, said.slice(label.length)];
}

function render({ model, el }) {
  const figure = document.createElement("figure");
  const words = document.createElement("figcaption");
  let screen = null; // what shows the file
  let blob = null;

  function ask() {
    if (screen) model.send({ want: "bytes" });
  }

  function draw() {
    if (blob) URL.revokeObjectURL(blob);
    blob = null;
    const kind = model.get("kind");
    const made = kind === "image" ? picture(model) : kind ? player(model) : gap(model);
    screen = made.screen;
    words.replaceChildren(...caption(model));
    figure.replaceChildren(made.shown, words);
    if (!screen) return;
    const url = model.get("url");
    if (url) {
      screen.addEventListener("error", ask, { once: true }); // a server that does not serve it after all
      screen.src = url;
    } else {
      ask();
    }
  }

  function receive(message, buffers) {
    if (message.media_type && screen && !blob) {
      blob = URL.createObjectURL(new Blob([buffers[0]], { type: message.media_type }));
      screen.src = blob;
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
