// A file from the browser to the kernel, a piece at a time: the next is sent when the last is on the disk's way.
const PIECE = 1 << 20;

function render({ model, el }) {
  const button = document.createElement("button");
  const input = document.createElement("input");
  button.type = "button";
  button.className = "jupyter-button lm-Widget pixnb-upload";
  button.textContent = "Upload";
  button.title = "Take a file from this computer, or drop one here";
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

  const over = (event) => {
    event.preventDefault();
    event.stopPropagation();
    button.classList.toggle("pixnb-over", event.type !== "dragleave");
  };
  const dropped = (event) => {
    over(event);
    button.classList.remove("pixnb-over");
    begin(event.dataTransfer.files[0]);
  };
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => begin(input.files[0]));
  for (const name of ["dragenter", "dragover", "dragleave"]) button.addEventListener(name, over);
  button.addEventListener("drop", dropped);
  model.on("msg:custom", heard);
  return () => model.off("msg:custom", heard);
}

export default { render };
