// A job's card that follows it: the page is drawn anew when its status changes, the line of facts each second.

function render({ model, el }) {
  const [page, button, error] = ["div", "button", "div"].map((name) => document.createElement(name));
  button.type = "button";
  button.textContent = "Cancel";
  error.setAttribute("role", "alert");
  button.addEventListener("click", () => {
    button.disabled = true;
    model.send({ press: "Cancel" });
  });
  el.append(page, button, error);
  const drawFacts = () => {
    const facts = page.querySelector(".card > .facts");
    if (facts) facts.outerHTML = model.get("facts");
  };
  const drawRest = () => {
    button.hidden = !model.get("can_be_cancelled");
    error.textContent = model.get("error");
  };
  const drawPage = () => {
    page.innerHTML = model.get("page");
    drawFacts();
  };
  const drawn = { page: drawPage, facts: drawFacts, error: drawRest, can_be_cancelled: drawRest };
  drawPage();
  drawRest();
  for (const [name, draw] of Object.entries(drawn)) model.on(`change:${name}`, draw);
  return () => {
    for (const [name, draw] of Object.entries(drawn)) model.off(`change:${name}`, draw);
  };
}

export default { render };
