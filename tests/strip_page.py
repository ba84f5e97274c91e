"""A page of a filmstrip without a notebook: the state of a real one, its own script, and a kernel of a few lines."""

from __future__ import annotations

import json

from pixnb import html

STATES = ("marks", "keeps", "error", "tiles", "source", "chosen", "said", "page")
KERNEL = """
window.sent = [];
window.models = {};
function makeModel(state) {
  const heard = new Map();
  const model = {
    state,
    get: (name) => state[name],
    on: (name, told) => heard.set(name, [...(heard.get(name) ?? []), told]),
    off: (name, told) => heard.set(name, (heard.get(name) ?? []).filter((one) => one !== told)),
    fire: (name, ...given) => (heard.get(name) ?? []).forEach((told) => told(...given)),
    change(changes) {
      Object.assign(state, changes);
      for (const name of Object.keys(changes)) model.fire(`change:${name}`);
      model.fire("change");
    },
    send(message) {
      window.sent.push(message);
      const { film, mark, as } = message;
      if (mark && !window.isDeaf) queueMicrotask(() => model.fire("msg:custom", { mark: as, kept: true }));
      if (film) queueMicrotask(() => model.fire("msg:custom", { film, kind: "video", url: "clip.mp4" }));
    },
    widget_manager: { get_model: async (name) => window.models[name] ?? Promise.reject(new Error(name)) },
  };
  return model;
}
const states = JSON.parse(document.getElementById("states").textContent);
for (const [name, state] of Object.entries(states.tiles)) window.models[name] = makeModel(state);
window.strip = makeModel(states.strip);
window.reached = [];
document.addEventListener("keydown", (event) => window.reached.push(event.key));
window.undo = widget.render({ model: window.strip, el: document.getElementById("here") });
"""


def write_page(strip, *, theme="light", width=None):
    """The page, as HTML; its clip is beside it as `clip.mp4`."""
    states = {
        "strip": {name: getattr(strip, name) for name in STATES},
        "tiles": {tile.model_id: {name: getattr(tile, name) for name in tile.keys} for tile in strip.shown},
    }
    text = json.dumps(states, default=str).replace("</", "<\\/")
    module = strip._esm.replace("export default", "const widget =")
    style = html.tag("style", html.css())
    back = "#16171a;color:#eee" if theme == "dark" else "#fff"
    box = f"max-width:{width}px" if width else ""
    return (
        f"<!doctype html><html lang=en><head><title>A strip</title><meta charset=utf-8></head>"
        f'<body data-theme="{theme}" style="margin:16px;background:{back}"><main><h1>A launcher</h1>{style}'
        f'<div class="pixnb pixnb-launcher" id=here style="{box}"></div></main>'
        f'<script type="application/json" id=states>{text}</script>'
        f'<script type="module">{module}\n{KERNEL}</script></body></html>'
    )
