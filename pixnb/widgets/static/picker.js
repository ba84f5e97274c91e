// One native list with groups, which the browser gives keys and a voice, and a field that narrows it by words.
const MOST = 10; // lines of the list while it is narrowed

function group(said, options) {
  const made = document.createElement("optgroup");
  made.label = said.label;
  for (const { value, label, note } of options) made.append(new Option(note ? `${label} · ${note}` : label, value));
  return made;
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function narrowed(groups, query) {
  const terms = plain(query).split(/\s+/).filter(Boolean);
  const fits = (option) => terms.every((term) => plain(option.words ?? option.label).includes(term));
  return groups.map((said) => [said, said.options.filter(fits)]).filter(([, options]) => options.length > 0);
}

function render({ model, el }) {
  const label = document.createElement("label");
  const place = document.createElement("div");
  const select = document.createElement("select");
  const find = document.createElement("input");
  const status = document.createElement("span");
  // each widget has this module for itself, so a counter would begin anew in every form of a page
  select.id = `pixnb-picker-${Math.random().toString(36).slice(2)}`;
  label.htmlFor = select.id;
  label.className = "widget-label";
  place.className = "pixnb-picked";
  find.type = "search";
  find.className = "pixnb-find";
  find.placeholder = "find a model";
  find.setAttribute("aria-label", "Find a model");
  find.setAttribute("aria-controls", select.id);
  find.title = "By words: edit, audio, seed, cheap …";
  find.autocomplete = "off";
  status.className = "pixnb-aloud";
  status.setAttribute("role", "status");
  place.append(select);
  el.append(label, place, find, status);

  const isListing = () => select.size > 0;
  const fill = (found) => select.replaceChildren(...found.map(([said, options]) => group(said, options)));
  const show = () => {
    // a model stands under each of its tasks: the line that was picked stays, though another has the same value
    if (!isListing() && select.value !== model.get("value")) select.value = model.get("value");
  };
  const close = () => {
    find.value = "";
    status.textContent = "";
    select.removeAttribute("size");
    place.classList.remove("pixnb-listing");
    fill(narrowed(model.get("groups"), ""));
    show();
  };
  const renew = () => {
    label.textContent = model.get("description");
    close();
  };
  const narrow = () => {
    if (!find.value.trim()) return close();
    const found = narrowed(model.get("groups"), find.value);
    const count = found.reduce((sum, [, options]) => sum + options.length, 0);
    fill(found);
    if (count === 0) select.append(new Option("No model has all of these words", "", true, true));
    select.size = Math.max(2, Math.min(MOST, count + found.length));
    place.classList.add("pixnb-listing");
    select.selectedIndex = 0;
    const first = select.options[0].text;
    status.textContent = count ? `${count} ${count === 1 ? "model" : "models"}. Enter takes ${first}` : first;
  };
  const commit = () => {
    const value = select.value;
    if (!value) return;
    const at = select.selectedIndex >= 0 ? select.options[select.selectedIndex].parentElement.label : null;
    close();
    const same = [...select.options].filter((option) => option.value === value);
    (same.find((option) => option.parentElement.label === at) ?? same[0]).selected = true;
    model.set("value", value);
    model.save_changes();
    select.focus();
  };
  const step = (by) => {
    const last = select.options.length - 1;
    select.selectedIndex = Math.max(0, Math.min(last, select.selectedIndex + by));
    status.textContent = select.options[select.selectedIndex].text;
  };
  const keyed = (event) => {
    if (!isListing() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") commit();
    else if (event.key === "Escape") {
      close();
      find.focus();
    } else if (event.target === find && event.key === "ArrowDown") step(1);
    else if (event.target === find && event.key === "ArrowUp") step(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  find.addEventListener("input", narrow);
  el.addEventListener("keydown", keyed);
  select.addEventListener("change", () => isListing() || commit());
  select.addEventListener("click", (event) => isListing() && event.target.closest("option") && commit());
  el.addEventListener("focusout", (event) => {
    if (isListing() && !el.contains(event.relatedTarget)) close();
  });
  model.on("change:groups", renew);
  model.on("change:value", show);
  renew();
  return () => {
    model.off("change:groups", renew);
    model.off("change:value", show);
  };
}

export default { render };
