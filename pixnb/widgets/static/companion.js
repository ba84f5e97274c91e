// What ipywidgets leaves out of a form: presses that bring all values along, the clipboard, keys, names for screen readers.

const mark = Math.random().toString(36).slice(2); // each launcher has this module for itself
let count = 0;

function set(element, name, value) {
  // written only when it differs: the observer below would hear itself
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function describe(field) {
  const note = field.querySelector(".pixnb-note");
  if (!note) return;
  const label = field.querySelector(".widget-label");
  for (const control of field.querySelectorAll("input:not([type=file]), select, textarea")) {
    const place = control.closest(".pixnb-variations") ?? field; // values for places have a note of their own
    const own = place.querySelector(":scope > .pixnb-note") ?? note;
    if (!own.id) own.id = `pixnb-note-${mark}-${++count}`;
    if (control.matches("textarea, .pixnb-variations input[type=text]")) set(control, "dir", "auto");
    set(control, "aria-describedby", own.id);
    set(control, "aria-invalid", String(place.classList.contains("pixnb-wrong")));
    if (field.classList.contains("pixnb-required")) set(control, "aria-required", "true");
  }
  for (const button of field.querySelectorAll(":scope > .widget-hbox > button[title]")) {
    set(button, "aria-label", button.title);
  }
  const group = field.querySelector(".widget-toggle-buttons");
  if (!group || !label) return;
  if (!label.id) label.id = `pixnb-label-${mark}-${++count}`;
  set(group, "role", "group");
  set(group, "aria-labelledby", label.id);
  set(group, "aria-describedby", note.id);
  for (const button of group.querySelectorAll("button")) {
    set(button, "aria-pressed", String(button.classList.contains("mod-active")));
  }
}

function render({ model, el }) {
  let root = null;
  let watcher = null;
  el.style.display = "none";

  const press = async (name) => {
    const state = {};
    for (const [id, key] of Object.entries(model.get("controls"))) {
      try {
        state[id] = (await model.widget_manager.get_model(id)).get(key);
      } catch {
        // a control that this page never showed
      }
    }
    model.send({ press: name, state });
  };
  const clicked = (event) => {
    const button = event.target.closest(".pixnb-launch, .pixnb-copy, .pixnb-save");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const name = ["launch", "copy", "save"].find((one) => button.classList.contains(`pixnb-${one}`));
    // the second click of a double click would pay a second time
    if (name !== "launch" || event.detail < 2) press(name);
  };
  const launchedByKey = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return false;
    if (!event.target.closest(".pixnb-field")) return false;
    event.preventDefault();
    event.stopImmediatePropagation(); // else JupyterLab runs the cell
    if (!event.repeat) {
      event.target.dispatchEvent(new Event("change", { bubbles: true })); // a number is taken over when it is left
      press("launch");
    }
    return true;
  };
  const lead = async (id) => {
    const active = document.activeElement;
    // who has gone on elsewhere meanwhile is not called back
    if (!document.hasFocus() || !(root?.contains(active) || active === document.body)) return;
    const views = Object.values((await model.widget_manager.get_model(id)).views ?? {});
    for (const view of await Promise.all(views)) {
      const control = root.contains(view.el) && view.el.querySelector("input, textarea, select, button");
      if (control) control.focus();
    }
  };
  const typed = (event) => {
    // JupyterLab takes plain keys from all but text fields: an arrow in a list would leave it, "d d" delete the cell
    if (!root.contains(event.target) || launchedByKey(event)) return;
    const isText = event.target.matches("textarea, input:not([type=checkbox], [type=file])");
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", isPlain && !isText);
  };
  const tidy = () => {
    for (const field of root.querySelectorAll(".pixnb-field")) describe(field);
    for (const button of root.querySelectorAll("button.widget-toggle-button")) {
      if (!button.closest(".widget-toggle-buttons")) {
        set(button, "aria-expanded", String(button.classList.contains("mod-active")));
      }
    }
  };
  const heard = async (message) => {
    if (message.lead !== undefined) lead(message.lead);
    if (message.copy === undefined || !document.hasFocus()) return;
    model.send({ copied: await copyText(message.copy) });
  };
  // the view is put into the page after it was rendered
  const frame = requestAnimationFrame(() => {
    root = el.closest(".pixnb-launcher");
    if (!root) return;
    set(root, "role", "form");
    set(root, "aria-label", "Launcher");
    root.addEventListener("click", clicked, true);
    window.addEventListener("keydown", typed, true); // before the document's own, which is JupyterLab's
    watcher = new MutationObserver(tidy);
    watcher.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
    tidy();
  });
  model.on("msg:custom", heard);
  return () => {
    cancelAnimationFrame(frame);
    watcher?.disconnect();
    root?.removeEventListener("click", clicked, true);
    window.removeEventListener("keydown", typed, true);
    model.off("msg:custom", heard);
  };
}

export default { render };
