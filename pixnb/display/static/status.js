// A live region: it stays in the page while its words change, so that screen readers tell them.

function render({ model, el }) {
  el.setAttribute("role", "status");
  el.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
  const tell = () => {
    el.textContent = model.get("words");
  };
  tell();
  model.on("change:words", tell);
  return () => model.off("change:words", tell);
}

export default { render };
