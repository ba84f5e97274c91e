// The report's page: its walls and table made alive over one set of choices, and the judge over the same films.

function mountReport() {
  const data = JSON.parse(document.getElementById("pixnb-report").textContent);
  const root = document.querySelector(".pixnb-report");
  const film = openEmbedded(data);
  const choices = keepChoices(data);
  const open = (more = {}) => choices.open({ film, about: data, ...more });
  const walls = turnWalls(root, data.films, (wall) => mountWall(wall, open()));
  const table = root.querySelector("[data-table]");
  if (table) mountTable(table, open({ show: walls.show }));
  showChoice(root.querySelector(".report-choice"), data, choices);
  openJudge(root, data, film);
  for (const one of root.querySelectorAll("[data-copies]")) {
    one.hidden = false;
    one.addEventListener("click", () => copyFrom(one, document.getElementById(one.dataset.copies).textContent));
  }
}

// Of many cells each wall has a part; one is seen, and made alive when it is first turned to.
function turnWalls(root, films, mount) {
  const walls = [...root.querySelectorAll("[data-wall]")].filter((wall) => wall.querySelector("[data-n]"));
  const alive = new Set();
  function turn(to) {
    const wall = walls[to];
    if (!wall) return;
    for (const one of walls) one.hidden = one !== wall;
    for (const clip of root.querySelectorAll("[data-wall][hidden] :is(video, audio)")) clip.pause();
    if (!alive.has(wall)) mount(wall);
    alive.add(wall);
  }
  root.addEventListener("click", (event) => {
    const to = event.target.closest("[data-page]");
    if (to) turn(Number(to.dataset.page) - 1);
  });
  turn(0);
  return {
    // the clip of a row of the table is shown in the wall, where it plays beside the others
    show(n) {
      const cells = [...root.querySelectorAll("[data-wall] [data-n]")];
      const cell = cells.find((one) => one.dataset.n === n) ?? cells.find((one) => films[one.dataset.n] === films[n]);
      if (!cell) return;
      turn(walls.indexOf(cell.closest("[data-wall]")));
      cell.scrollIntoView({ block: "center", inline: "center", behavior: isCalm() ? "auto" : "smooth" });
      cell.focus({ preventScroll: true });
    },
  };
}

function showChoice(bar, data, choices) {
  const [said, file, forget] = [".report-chosen", ".report-file", ".report-forget"].map((name) => bar.querySelector(name));
  const count = (number, words) => (number ? [`${number} ${words}${words === "note" && number > 1 ? "s" : ""}`] : []);
  function show() {
    const all = Object.values(choices.now());
    const notes = all.reduce((sum, one) => sum + one.notes.length, 0);
    const parts = [...count(all.filter((one) => one.picked).length, "picked"), ...count(all.filter((one) => one.stars).length, "starred"), ...count(notes, "note")];
    bar.hidden = !choices.isTouched(); // what was handed back can be taken back: a file of no marks says so
    said.textContent = parts.join(" · ") || "Nothing chosen";
  }
  bar.querySelector(".report-copy").addEventListener("click", (event) => copyFrom(event.currentTarget, choices.say()));
  forget.addEventListener("click", () => confirm("Forget what you chose in this report?") && choices.forget());
  file.addEventListener("click", () => {
    const { report, log, experiment } = data;
    const text = votesFile({ report, log, experiment, voter: voterName(report), marks: choices.own() });
    saveText(text, `pixnb-marks-${report}.json`);
  });
  choices.listen(show);
  show();
}

function openJudge(root, data, film) {
  const button = root.querySelector(".report-to-judge");
  const [place, parts, nav] = [".report-judge", ".report-parts", ".report-nav"].map((name) => root.querySelector(name));
  let close = null;
  function turn(judging) {
    if (judging === !place.hidden) return;
    if (judging) {
      for (const clip of parts.querySelectorAll("video, audio")) clip.pause();
      place.hidden = false;
      close = mountJudge(place, data.judge, { film, leave: () => lead(false) });
    } else {
      close?.();
      place.hidden = true;
      place.replaceChildren();
    }
    parts.hidden = judging;
    nav.classList.toggle("judging", judging);
    button.setAttribute("aria-pressed", String(judging));
    button.textContent = judging ? "Back to the report" : "Judge";
    scrollTo(0, 0);
  }
  button.hidden = !data.judge;
  if (button.hidden) return;
  function lead(judging) {
    history.replaceState(null, "", judging ? "#judge" : location.pathname + location.search);
    turn(judging);
  }
  button.addEventListener("click", () => lead(place.hidden));
  addEventListener("hashchange", () => turn(location.hash === "#judge"));
  turn(location.hash === "#judge"); // so that a link can lead to it
}

async function copyFrom(button, text) {
  const before = button.textContent;
  button.textContent = (await copyText(text)) ? "Copied" : "Not copied";
  setTimeout(() => (button.textContent = before), 1500);
}
