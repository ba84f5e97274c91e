// A file from the browser to the kernel, a piece at a time: the next is sent when the last is on the disk's way.
const PIECE = 1 << 20;

function render({ model, el }) {
  const button = document.createElement("button");
  const input = document.createElement("input");
  button.type = "button";
  button.className = "jupyter-button lm-Widget pixnb-upload";
  button.textContent = "Upload";
  button.title = "Take a file from this computer, or drop one on this field";
  button.setAttribute("aria-label", `Upload ${model.get("label")}`);
  input.type = "file";
  input.accept = model.get("accept");
  input.hidden = true;
  input.setAttribute("aria-label", `File for ${model.get("label")}`);
  el.append(button, input);

  let file = null;
  let token = "";

  function say(text) {
    button.textContent = text;
  }

  function begin(chosen) {
    if (!chosen) return;
    file = chosen;
    token = `${Date.now()}-${Math.random()}`;
    say("0 %");
    button.setAttribute("aria-busy", "true");
    model.send({ begin: token, name: file.name, size: file.size });
  }

  async function heard(message) {
    if (message.token !== token || !file) return;
    if (message.next !== undefined) {
      say(`${Math.floor((100 * message.next) / file.size)} %`);
      try {
        const piece = await file.slice(message.next, message.next + PIECE).arrayBuffer();
        model.send({ token }, undefined, [piece]);
        return;
      } catch {
        // the file was moved or changed since it was chosen: end here, the button is ready again
      }
    }
    file = null;
    input.value = "";
    button.removeAttribute("aria-busy");
    say("Upload");
  }

  // A file may be dropped anywhere on the field; beside one, within the launcher, it must not take the page away.
  function drag(event) {
    const field = button.closest(".pixnb-field");
    const [target] = event.composedPath();
    if (!field || !event.dataTransfer?.types.includes("Files")) return;
    const at = event.type === "dragleave" ? event.relatedTarget : target; // what is entered is told before what is left
    const isHere = at instanceof Node && field.contains(at);
    field.classList.toggle("pixnb-over", isHere && event.type !== "drop");
    const isWithin = isHere || (at instanceof Element && at.closest(".pixnb-launcher") === field.closest(".pixnb-launcher"));
    if (!isWithin || event.type === "dragleave") return;
    event.preventDefault();
    if (!isHere) return void (event.pixnbTaken || (event.dataTransfer.dropEffect = "none"));
    event.pixnbTaken = true; // other fields hear of it too
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
    if (event.type === "drop") begin(event.dataTransfer.files[0]);
  }

  const DRAGS = ["dragenter", "dragover", "dragleave", "drop"];
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => begin(input.files[0]));
  for (const name of DRAGS) document.addEventListener(name, drag, true); // before the notebook, which takes files too
  model.on("msg:custom", heard);
  return () => {
    model.off("msg:custom", heard);
    for (const name of DRAGS) document.removeEventListener(name, drag, true);
  };
}

export default { render };
