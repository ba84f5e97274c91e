// The cells of a wall and their films: each is asked for when it is first needed, up to twelve cells have one of
// their own, above that those in view; a film that cannot come leaves the poster and a sentence.

const MOST_FILMS = 12;
const SOON = 3000; // ms
const PLAYED = ["video", "audio"];

function sayNotPlayed() {
  const knowsIt = document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"');
  return knowsIt ? "The browser cannot play this film." : "This browser has no H.264 decoder: Chrome, Edge or Safari play this film.";
}

function nameCell(cell) {
  const { n, label } = cell.dataset;
  const number = /^\d+$/.test(n ?? "") ? `number ${n}` : "";
  return [number, label].filter(Boolean).join(", ") || "source";
}

// The source that belongs to a cell: the one it names, else the one in its row, else the wall's only one or first.
function sourceOf(root, cell) {
  const all = [...root.querySelectorAll("figure.wall-source")];
  const named = cell.dataset.source && all.find((one) => one.dataset.n === cell.dataset.source);
  return named || all.find((one) => one.closest("tr") === cell.closest("tr")) || all[0] || null;
}

function makeScreens(root, host, clock, changed) {
  const cells = [...root.querySelectorAll("figure.wall-cell")];
  const able = cells.filter((cell) => PLAYED.includes(cell.dataset.kind));
  const outputs = able.filter((cell) => !cell.matches(".wall-source"));
  // small sources within the cells of many stay stills: what was made of them is looked at
  const played = able.length > MOST_FILMS ? able.filter((cell) => !cell.matches(".wall-inset")) : able;
  const films = new Map(); // a cell's number → the promise of its film
  const shown = new Map(); // a cell → its element in the clock
  const coming = new Map(); // a cell → when its film is in its place
  const failed = new Set();
  const spare = new Map(host.kept?.films); // films of the same cells in the page before this one, as they stand
  const inView = new Set(cells.filter((cell) => spare.has(cell.dataset.n)));
  const screens = { cells, played, isAsleep: false, isWanted: false };
  const isLarge = outputs.length > MOST_FILMS;

  // Once more, in another way, where an address turned out to lead nowhere.
  function fetchFilm(cell, again = false) {
    const { n, src, kind } = cell.dataset;
    if (again || !films.has(n)) {
      const asked = host.film ? host.film(n, { again }) : Promise.resolve(src ? { url: src, kind } : {});
      films.set(
        n,
        Promise.resolve(asked).then(
          (film) => film ?? {},
          (error) => ({ why: String(error?.message ?? error) }),
        ),
      );
    }
    return films.get(n);
  }

  function fail(cell, why) {
    failed.add(cell);
    hide(cell);
    if (clock.isMoving() && !clock.films.size) clock.pause();
    cell.classList.remove("loading");
    const screen = cell.querySelector(".wall-screen");
    if (screen && !screen.querySelector(".wall-why")) {
      const again = button("Try again", { words: "Try again", tabindex: -1 }, () => retry(cell));
      screen.append(element("div", { class: "wall-why" }, `${why || "This film is not here. Run the cell again."} `, again));
    }
    changed();
  }

  // A film that the others do not wait for says so, until it keeps up again.
  function tellLeft(film) {
    const cell = film.closest(".wall-cell");
    const screen = cell?.querySelector(".wall-screen");
    screen?.querySelector(".wall-late")?.remove();
    if (film.pixnbLeft) {
      const title = "The machine was too slow for this film, and the others play on. It comes back by itself when it can; press to load it again.";
      screen?.append(button("Too slow: load it again", { words: "too slow", class: "wall-late", tabindex: -1, title }, () => retry(cell)));
    }
    changed();
  }

  function retry(cell) {
    forgive(cell);
    hide(cell);
    return show(cell, true);
  }

  function forgive(cell) {
    failed.delete(cell);
    films.delete(cell.dataset.n);
    cell.querySelector(".wall-screen > .wall-why")?.remove();
    cell.querySelector(".wall-late")?.remove();
  }

  function makeFilm(cell, film) {
    const made = document.createElement(cell.dataset.kind === "audio" ? "audio" : "video");
    made.muted = true;
    made.playsInline = true;
    made.preload = "auto";
    made.disablePictureInPicture = true;
    made.tabIndex = -1;
    made.setAttribute("aria-hidden", "true"); // the cell has a name, and the bar the controls
    made.src = film.url;
    return made;
  }

  // Give a cell its film, in its own screen or in another; null where none can come.
  async function load(cell, again = false, isAlone = false) {
    const { whole } = cell.dataset; // the original, which is too heavy for many at a time
    const film = isAlone && whole ? { url: whole } : await fetchFilm(cell, again);
    if (!film.url) {
      fail(cell, film.why);
      return null;
    }
    return makeFilm(cell, film);
  }

  // Who asks for a film that is on its way waits for it too.
  function show(cell, again = false) {
    if (failed.has(cell)) return Promise.resolve();
    if (!shown.has(cell)) coming.set(cell, bring(cell, again));
    return coming.get(cell);
  }

  async function bring(cell, again) {
    shown.set(cell, null);
    cell.classList.add("loading");
    const before = spare.get(cell.dataset.n);
    spare.delete(cell.dataset.n);
    const film = before ?? (await load(cell, again));
    if (!film || !shown.has(cell)) return;
    shown.set(cell, film);
    const arrive = () => {
      cell.classList.replace("loading", "loaded");
      changed();
    };
    if (film.readyState >= 2) arrive();
    else film.addEventListener("loadeddata", arrive, { once: true });
    film.addEventListener("error", () => {
      if (shown.get(cell) !== film) return;
      hide(cell);
      if (!again) show(cell, true);
      else fail(cell, sayNotPlayed());
    });
    cell.querySelector(".wall-screen")?.append(film);
    if (!screens.isAsleep) clock.add(film);
    changed();
  }

  function hide(cell) {
    const film = shown.get(cell);
    shown.delete(cell);
    cell.classList.remove("loaded", "loading");
    if (film) letGo(film);
  }

  function letGo(film) {
    clock.remove(film);
    film.closest(".wall-screen")?.querySelector(".wall-late")?.remove();
    film.removeAttribute("src");
    film.load(); // lets go of its decoder
    film.remove();
  }

  // Bring the films to the cells that shall have one now.
  function settle() {
    const wanted = played.filter((cell) => !failed.has(cell) && (!isLarge || inView.has(cell)));
    for (const cell of [...shown.keys()]) if (!wanted.includes(cell)) hide(cell);
    const coming = wanted.map((cell) => show(cell));
    [...spare.values()].forEach(letGo);
    spare.clear();
    return Promise.all(coming);
  }

  const watcher = isLarge
    ? new IntersectionObserver((entries) => {
        for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
        if (screens.isWanted && !screens.isAsleep) settle();
        changed();
      })
    : null;
  played.forEach((cell) => watcher?.observe(cell));

  return Object.assign(screens, {
    load,
    fetchFilm,
    filmOf: (cell) => shown.get(cell) ?? null,
    canPlay: () => played.some((cell) => !failed.has(cell)),
    tellLeft,
    // Films for the page that takes this one's place.
    giveAway() {
      const films = [...shown].filter(([, film]) => film);
      for (const [cell, film] of films) {
        shown.delete(cell);
        clock.remove(film);
      }
      return films.map(([cell, film]) => [cell.dataset.n, film]);
    },
    // Have the films that are needed now; resolves when each is there or has failed, or when some are and the others take
    // too long: those join in later. What failed is tried anew where somebody presses Play once more.
    want(isAnew = false) {
      screens.isWanted = true;
      if (isAnew) [...failed].forEach(forgive);
      let isOver = false;
      const all = settle().then(() => (isOver = true));
      const some = new Promise((done) => {
        const look = () => (isOver || [...shown.values()].some(Boolean) ? done() : setTimeout(look, 200));
        setTimeout(look, isLarge ? SOON : LONGEST_WAIT); // of many that come one by one the first need not wait long
      });
      return Promise.race([all, some]);
    },
    // While the stage is open the films of the cells rest, so that what is looked at has the machine.
    sleep(isAsleep) {
      screens.isAsleep = isAsleep;
      for (const film of shown.values()) if (film) clock[isAsleep ? "remove" : "add"](film);
      if (!isAsleep && screens.isWanted) settle();
    },
    words() {
      const left = [...clock.films].filter((film) => film.pixnbLeft).length;
      const slow = left ? `${left} too slow just now` : "";
      const bad = failed.size ? `${failed.size} cannot play` : "";
      const late = played.filter((cell) => cell.classList.contains("loading")).length;
      const now = [...shown.values()].filter(Boolean).length;
      const some = now && now < played.length && isLarge ? `${now} of ${played.length} play: those in view` : "";
      return [late ? `${late} on the way` : "", some, slow, bad].filter(Boolean).join(" · ");
    },
    close() {
      watcher?.disconnect();
      [...shown.keys()].forEach(hide);
      [...spare.values()].forEach(letGo);
    },
  });
}
