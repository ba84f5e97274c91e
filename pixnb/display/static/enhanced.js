// A page that Python made, made alive by a script: its films and marks come and go as messages of a widget.

const LOOKS = 60; // seconds after which it is said again that somebody looks
const PATIENCE = 20000; // milliseconds after which a kernel that says nothing is taken for busy or gone

const ENDED = "The kernel has ended: run this cell again, or reload the page. What is marked here until then is not kept.";

// What a player asks: film(n, {again}) gives {url, kind} or {why}; mark(run, change); marks; onmarks; keeps.
function openHost(model, root, send, mark) {
  const waiting = new Map(); // what is asked of the kernel, and who waits for it
  const films = new Map();
  const urls = [];
  let heard = -Infinity; // when the kernel last gave something

  function ask(n, bytes) {
    return new Promise((answer) => {
      const timer = setInterval(() => {
        if (performance.now() - heard < PATIENCE) return; // it makes others meanwhile
        finish({ why: "The kernel does not answer: it is busy with another cell, or has ended. Play again, or run this cell anew." });
      }, PATIENCE);
      function finish(found) {
        clearInterval(timer);
        waiting.delete(n);
        answer(found);
      }
      waiting.set(n, finish);
      if (!send({ film: n, bytes })) finish({ why: "The kernel has ended: run this cell again." });
    });
  }

  async function find(n) {
    const cell = root().querySelector(`[data-n="${n}"]`);
    const src = cell?.dataset.src;
    if (src && (await isServed(src))) return { url: src, kind: cell.dataset.kind };
    const found = await ask(n, Boolean(src));
    if (!found.url || found.url.startsWith("blob:") || (await isServed(found.url))) return found;
    return ask(n, true);
  }

  const host = {
    model,
    send,
    keeps: model.get("keeps"),
    marks: model.get("marks"),
    onmarks: null,
    mark,
    film(n, { again = false } = {}) {
      const name = String(n);
      if (again || !films.has(name)) {
        const coming = again ? ask(name, true) : find(name); // an address that led nowhere is not tried twice
        films.set(name, coming);
        coming.then((found) => found.why && films.delete(name)); // to be asked again
      }
      return films.get(name);
    },
  };

  function hear(message, buffers) {
    const answer = waiting.get(message.film);
    if (!answer) return;
    heard = performance.now();
    const { kind, url, why } = message;
    if (!buffers?.length) return answer(why ? { why, kind } : { url, kind });
    const made = URL.createObjectURL(new Blob([buffers[0]], { type: message.media_type }));
    urls.push(made);
    answer({ url: made, kind });
  }

  function follow() {
    host.marks = model.get("marks");
    host.onmarks?.(host.marks);
  }

  model.on("msg:custom", hear);
  model.on("change:marks", follow);
  function close() {
    model.off("msg:custom", hear);
    model.off("change:marks", follow);
    for (const url of urls) URL.revokeObjectURL(url);
  }
  return [host, close];
}

function enhance({ model, el }, mount) {
  const holder = document.createElement("div");
  const news = document.createElement("div");
  const error = document.createElement("div");
  const unkept = document.createElement("style");
  error.setAttribute("role", "alert");
  holder.className = "pixnb-enhanced";
  news.setAttribute("role", "status");
  news.className = "pixnb pixnb-news";
  news.hidden = true;
  news.textContent = "There are other runs meanwhile: they come in when the loop begins anew or is paused, and nothing is enlarged.";
  el.append(unkept, news, error, holder); // a wall is tall
  let undo = null;
  let late = null;
  let drawn = null;
  let isEnded = false;
  let said = ""; // of a kernel that does not answer
  const who = Math.random().toString(36).slice(2); // another page that shows it speaks for itself

  // Whether it is on its way: a kernel that was restarted knows nothing of this page.
  function send(message) {
    try {
      model.send(message);
    } catch {
      isEnded = true;
      complain();
    }
    return !isEnded;
  }

  const pending = makePending(model, unkept, send, (state) => {
    isEnded ||= state === "ended";
    said = { busy: WAITS, silent: SILENT }[state] ?? "";
    complain();
  });

  // Of the same page as before only some cells are new: films stay, and it goes on from where its reader is. Who watches
  // or writes is not disturbed.
  function draw(isTurning = false) {
    clearTimeout(late);
    const fresh = document.createElement("template");
    fresh.innerHTML = model.get("page");
    const root = fresh.content.querySelector(".pixnb");
    const name = root.dataset.wall ?? root.dataset.table;
    const isSame = Boolean(drawn && name && name === drawn.name);
    news.hidden = isTurning || !(isSame && drawn.unmount?.isBusy?.());
    if (!news.hidden) {
      drawn.unmount.atTurn?.(() => draw(true));
      return void (late = setTimeout(draw, 500));
    }
    const kept = isSame ? drawn.unmount?.keep?.() : null;
    drawn?.unmount?.();
    if (!isSame) drawn?.close();
    const [host, close] = isSame ? [drawn.host, drawn.close] : openHost(model, () => holder, send, pending.mark);
    holder.replaceChildren(fresh.content);
    drawn = { name, host, close };
    drawn.unmount = mount(root, Object.assign(host, { kept }));
    undo = () => {
      clearTimeout(late);
      drawn.unmount?.();
      drawn.close();
    };
  }

  function complain() {
    const words = isEnded ? ENDED : said || model.get("error");
    if (error.textContent !== words) error.textContent = words;
    error.className = words ? `pixnb ${words === WAITS ? "pixnb-news" : "pixnb-error"}` : "";
  }

  // other pages of many cells are made when somebody turns to them
  holder.addEventListener("click", (event) => {
    const to = event.target.closest("[data-page]");
    if (to) send({ page: Number(to.dataset.page) });
  });

  // who looks at it sees what is marked elsewhere meanwhile
  function tellLooks() {
    send({ looks: document.visibilityState === "visible" ? 2.5 * LOOKS : 0, who });
  }
  const isMarked = model.get("keeps") === "log";
  const looking = isMarked && setInterval(() => document.visibilityState === "visible" && tellLooks(), 1000 * LOOKS);
  if (isMarked) document.addEventListener("visibilitychange", tellLooks);

  draw();
  complain();
  if (isMarked) tellLooks();
  const redraw = () => draw();
  model.on("change:page", redraw);
  model.on("change:error", complain);
  model.on("comm_live_update", tellLooks);
  return () => {
    model.off("change:page", redraw);
    model.off("change:error", complain);
    model.off("comm_live_update", tellLooks);
    clearInterval(looking);
    document.removeEventListener("visibilitychange", tellLooks);
    if (isMarked) send({ looks: 0, who });
    pending.close();
    undo?.();
  };
}
