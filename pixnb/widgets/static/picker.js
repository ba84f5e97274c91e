// One native list with groups: the browser gives it keys, search by typing, and a voice.

function group(said) {
  const made = document.createElement("optgroup");
  made.label = said.label;
  for (const { value, label } of said.options) made.append(new Option(label, value));
  return made;
}

function render({ model, el }) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  // each widget has this module for itself, so a counter would begin anew in every form of a page
  select.id = `pixnb-picker-${Math.random().toString(36).slice(2)}`;
  label.htmlFor = select.id;
  label.className = "widget-label";
  el.append(label, select);

  const show = () => {
    // a model stands under each of its tasks: the line that was picked stays, though another has the same value
    if (select.value !== model.get("value")) select.value = model.get("value");
  };
  const fill = () => {
    label.textContent = model.get("description");
    select.replaceChildren(...model.get("groups").map(group));
    show();
  };
  const picked = () => {
    model.set("value", select.value);
    model.save_changes();
  };
  select.addEventListener("change", picked);
  model.on("change:groups", fill);
  model.on("change:value", show);
  fill();
  return () => {
    model.off("change:groups", fill);
    model.off("change:value", show);
  };
}

export default { render };
