"""A page with nothing but judge mode, for the tests: `python judge_page.py FOLDER` writes one to look at."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from pixnb import html
from pixnb.display.scripts import write_script
from pixnb.votes.page import SCRIPTS

HOST = """
const films = JSON.parse(document.getElementById("films").textContent);
const data = JSON.parse(document.getElementById("data").textContent);
window.left = 0;
window.asked = [];
const host = {
  film: async (n) => {
    window.asked.push(n);
    return films[n] ? { url: films[n], kind: films[n].slice(5, 10) } : { why: "It failed: <b>no</b> clip." };
  },
  leave: () => { window.left += 1; },
};
window.unmount = mountJudge(document.getElementById("judge"), data, host);
"""


def write_judge_page(path: Path, data: dict, films: dict, theme: str = "light") -> Path:
    """Write a page that judges; `films` are files by number or name."""
    kinds = {".mp4": "video/mp4", ".png": "image/png", ".wav": "audio/wav"}
    uris = {
        str(n): f"data:{kinds[Path(file).suffix]};base64,{base64.b64encode(Path(file).read_bytes()).decode()}"
        for n, file in films.items()
    }
    said = [
        f'<script type="application/json" id="{name}">{json.dumps(value).replace("<", chr(92) + "u003c")}</script>'
        for name, value in (("films", uris), ("data", data))
    ]
    colour = "#1f2024" if theme == "dark" else "#fff"
    own = f"body {{ margin: 0; background: {colour} }} h1 {{ position: absolute; clip-path: inset(50%); margin: 0 }}"
    style = f"<style>{html.css()} {html.css('judge')} {own}</style>"
    head = f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>Judge</title>'
    view = '<meta name="viewport" content="width=device-width">'
    main = '<main><h1>Judge</h1><section class="pixnb pixnb-judge" id="judge"></section></main>'
    body = f"<body>{main}{''.join(said)}{write_script(SCRIPTS, HOST)}</body></html>"
    path.write_text(f"{head}{view}{style}{body}", encoding="utf-8")
    return path
