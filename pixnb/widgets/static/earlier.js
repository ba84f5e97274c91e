// Earlier outputs to choose one from: native buttons in a row that wraps.

function render({ model, el }) {
  const note = document.createElement("span");
  const list = document.createElement("div");
  note.setAttribute("role", "status");
  note.className = "pixnb-about";
  list.className = "pixnb-earlier";
  list.setAttribute("role", "group");
  el.append(note, list);

  const leave = (message) => {
    model.send(message);
    el.closest(".pixnb-field")?.querySelector("input:not([type=file])")?.focus();
  };
  const made = ({ n, poster, words }) => {
    const button = document.createElement("button");
    const text = document.createElement("span");
    button.type = "button";
    button.title = words;
    if (poster) {
      const picture = new Image();
      picture.src = poster;
      picture.alt = "";
      button.append(picture);
    }
    text.textContent = words;
    button.append(text);
    button.addEventListener("click", () => leave({ choose: n }));
    return button;
  };
  const show = () => {
    const isOpen = model.get("is_open");
    el.style.display = isOpen ? "" : "none";
    list.setAttribute("aria-label", model.get("label"));
    note.textContent = model.get("note");
    list.replaceChildren(...(isOpen ? model.get("items").map(made) : []));
  };
  const keyed = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave({ close: true });
  };
  el.addEventListener("keydown", keyed);
  model.on("change", show);
  show();
  return () => model.off("change", show);
}

export default { render };
