// Judge mode: pairs of clips, blind, one after the other; at the end a file of votes. See ballot.js, votes.js, clock.js, dom.js.

const JUDGE_KEYS = [
  ["← →", "choose left, right"],
  ["↓ or =", "about the same"],
  ["s", "skip"],
  ["u", "undo"],
  ["space", "play, pause"],
  ["m", "sound of A, of B, off"],
  ["Esc", "leave, and go on later"],
];
const MAIL_MOST = 1800; // characters of an address that every mail program takes

// data: what pixnb.votes.page.judge_data makes; host: film(n) -> Promise<{url, kind} | {why}>, leave() if it can be left.
function mountJudge(root, data, host) {
  const kept = keepJudging(data);
  const panel = element("div", { class: "judge", tabindex: -1, role: "group", "aria-label": "Judge clips in pairs" });
  const live = element("p", { class: "judge-live", role: "status", "aria-live": "polite" });
  let view = null;
  root.classList.add("pixnb", "pixnb-judge");
  root.replaceChildren(live, panel);

  function show(make, ...more) {
    view?.stop?.();
    view = make(...more);
    panel.replaceChildren(view.root);
    panel.className = `judge ${view.name}`;
    panel.focus({ preventScroll: true });
    if (view.says) live.textContent = view.says;
  }

  const acts = {
    heard: 0, // of "off", A, B; it stays for the next pair
    begin(name) {
      if (!kept.voter) kept.start(voterName(data.report, name));
      acts.goOn();
    },
    goOn() {
      const number = kept.next();
      if (number === null) show(judgeEnd, data, kept, acts);
      else show(judgePair, data, kept, number, host, acts);
    },
    choose(choice, seconds) {
      kept.answer(view.number, choice, seconds);
      acts.goOn();
    },
    undo() {
      if (kept.undo()) acts.goOn();
    },
    again() {
      kept.unskip();
      acts.goOn();
    },
    leave() {
      show(judgeStart, data, kept, acts);
      host.leave?.();
    },
    download: () => saveText(kept.file(), judgeFile(kept)),
  };

  function onKey(event) {
    if (!root.getClientRects().length || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = root.contains(event.target) || event.target === document.body;
    if (!inside || event.target.closest?.("input, textarea, select")) return;
    const isPressed = event.key === " " && event.target.closest?.("button, a, summary");
    if (isPressed || !view.onKey?.(event.key, event.repeat)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener("keydown", onKey, true);
  const unshield = shieldKeys(root);
  show(judgeStart, data, kept, acts);
  return () => {
    unshield();
    document.removeEventListener("keydown", onKey, true);
    view?.stop?.();
    root.replaceChildren();
  };
}

function judgeStart(data, kept, acts) {
  const all = data.pairs.length;
  const input = element("input", { type: "text", maxlength: 60, autocomplete: "name", id: "judge-name" });
  const form = element("form", { class: "judge-begin" });
  const isNew = !kept.voter;
  if (isNew) form.append(element("label", { for: "judge-name" }, "Your name, if you like"), input);
  form.append(element("button", { type: "submit", class: "judge-main" }, isNew ? "Begin" : kept.ahead().length ? "Go on" : "See the end"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acts.begin(input.value);
  });
  const many = all === 1 ? "one pair" : `${all} pairs`;
  const said = isNew
    ? `You will see ${many} of clips and say each time which one is better. Nothing tells which is which. You can stop and go on later in this browser.`
    : `You have judged ${kept.done} of ${all}.`;
  const inside = [element("h2", {}, data.question), element("p", {}, said), form, judgeKeys()];
  if (!isNew && kept.votes().length) inside.splice(3, 0, button("Download what you have", { words: "Download what you have" }, acts.download));
  return { name: "start", root: element("div", { class: "judge-page" }, ...inside), says: "" };
}

function judgeKeys() {
  const rows = JUDGE_KEYS.flatMap(([key, does]) => [element("dt", {}, key), element("dd", {}, does)]);
  return element("details", { class: "judge-keys" }, element("summary", {}, "Keys"), element("dl", {}, ...rows));
}

function judgeEnd(data, kept, acts) {
  const count = kept.votes().length;
  const inside = [element("h2", {}, "Thank you!"), element("p", {}, `You judged ${count} of ${data.pairs.length} pairs${kept.skipped ? `, ${kept.skipped} skipped` : ""}.`)];
  const name = judgeFile(kept);
  const row = element("p", { class: "judge-row" });
  if (count) {
    inside.push(element("p", {}, data.mailto ? "Your votes are in this browser only. Send them, or download the file and hand it back." : "Your votes are in this browser only: download the file, and send it to whoever asked you."));
    row.append(button("Download your votes", { words: "Download your votes", class: "judge-main" }, acts.download));
    if (data.mailto) row.append(judgeMail(data, kept, name));
  }
  if (kept.skipped) row.append(button("Judge the skipped ones", { words: "Judge the skipped ones" }, acts.again));
  row.append(button("Undo the last", { words: "Undo the last" }, acts.undo));
  inside.push(row);
  const onKey = (key) => (key === "u" ? (acts.undo(), true) : key === "Escape" ? (acts.leave(), true) : false);
  return { name: "end", root: element("div", { class: "judge-page" }, ...inside), onKey, says: "That was the last pair. Thank you!" };
}

// The votes as a text in the mail where they fit, else a mail that asks for the file.
function judgeMail(data, kept, name) {
  const address = (body) => `mailto:${encodeURIComponent(data.mailto).replace("%40", "@")}?subject=${encodeURIComponent(`Votes: ${data.question}`.slice(0, 120))}&body=${encodeURIComponent(body)}`;
  const whole = address(`${kept.text()}\r\n`);
  const fits = whole.length <= MAIL_MOST;
  const link = element("a", { class: "judge-link", href: fits ? whole : address(`Please attach the file ${name}, which the page downloads.`) }, fits ? "Send by mail" : "Write the mail");
  return element("span", {}, link, fits ? "" : element("small", {}, " Too many votes for a mail's text: download the file, and attach it."));
}

function judgePair(data, kept, number, host, acts) {
  const { left, right } = kept.sidesOf(number);
  const pair = data.pairs[number];
  const clock = makeClock({ changed: () => tell() });
  const parts = [
    ...(pair.source ? [judgeClip("Source", pair.source, host, clock, "source")] : []),
    judgeClip("A", left.n, host, clock, "left"),
    judgeClip("B", right.n, host, clock, "right"),
  ];
  const began = performance.now();
  let seen = began;
  let isReady = false;
  const at = kept.done + 1;
  const all = data.pairs.length;
  const choose = (choice) => (isReady || choice === "skip") && acts.choose(choice, choice === "skip" ? null : Math.min(86400, (performance.now() - seen) / 1000));
  const play = button("Play", { words: "Play", class: "judge-play" }, () => (clock.isMoving() ? clock.pause() : clock.play()));
  const sound = button("Sound", { words: "Sound: off", title: "Sound (m)" }, () => listen((acts.heard + 1) % 3));
  const choices = [
    button("A is better", { words: "A is better", title: "A is better (←)", class: "judge-choice left" }, () => choose("left")),
    button("About the same", { words: "About the same", title: "About the same (↓)", class: "judge-choice tie" }, () => choose("tie")),
    button("B is better", { words: "B is better", title: "B is better (→)", class: "judge-choice right" }, () => choose("right")),
  ];
  for (const one of choices) one.disabled = true;
  const tools = [
    play,
    sound,
    button("Skip", { words: "Skip", title: "Skip (s)" }, () => choose("skip")),
    ...(kept.done ? [button("Undo", { words: "Undo", title: "Undo (u)" }, acts.undo)] : []),
    button("Leave", { words: "Leave", title: "Leave, and go on later (Esc)" }, acts.leave),
  ];
  const head = element(
    "header",
    { class: "judge-head" },
    element("h2", {}, data.question),
    element("span", { class: "judge-count" }, `${at} of ${all}`),
    element("progress", { max: all, value: kept.done, "aria-label": `${kept.done} of ${all} judged` }),
  );
  const prompts = (pair.prompts || []).map((text) => element("p", { class: "judge-prompt" }, text));
  const said = prompts.length ? [element("div", { class: "judge-prompts", tabindex: 0, role: "group", "aria-label": "What was asked for" }, element("small", {}, prompts.length > 1 ? "One was asked for this, one for that:" : "Both were asked for:"), ...prompts)] : [];
  const stage = element("div", { class: `judge-stage${pair.source ? " with-source" : ""}` }, ...parts.map((part) => part.root));
  const root = element("div", { class: "judge-pair" }, head, ...said, stage, element("div", { class: "judge-choices" }, ...choices), element("div", { class: "judge-tools" }, ...tools));

  function tell() {
    play.textContent = clock.isMoving() ? "Pause" : "Play";
  }

  function listen(heard) {
    acts.heard = heard;
    sound.textContent = `Sound: ${["off", "A", "B"][heard]}`;
    sound.setAttribute("aria-label", sound.textContent);
    clock.heard = null;
    parts.slice(-2).forEach((part, side) => {
      const film = part.root.querySelector("video");
      if (!film) return;
      film.muted = heard !== side + 1;
      if (!film.muted) clock.heard = film;
    });
  }

  Promise.all(parts.map((part) => part.ready)).then((shown) => {
    if (!root.isConnected) return;
    isReady = shown.slice(-2).every(Boolean);
    seen = performance.now();
    for (const one of choices) one.disabled = !isReady;
    listen(acts.heard);
    if (!isCalm()) clock.play();
    const [next] = kept.ahead().filter((one) => one !== number);
    if (next !== undefined) for (const { n } of Object.values(kept.sidesOf(next))) host.film(n).catch(() => {}); // it waits there
  });

  const keys = { ArrowLeft: () => choose("left"), ArrowRight: () => choose("right"), ArrowDown: () => choose("tie"), "=": () => choose("tie"), s: () => choose("skip"), u: acts.undo, m: () => sound.click(), " ": () => play.click(), Escape: acts.leave };
  function onKey(key, isRepeated) {
    const act = keys[key.length === 1 ? key.toLowerCase() : key];
    if (act && !isRepeated) act();
    return Boolean(act);
  }

  return { name: "pair", number, root, onKey, says: `Pair ${at} of ${all}`, stop: () => clock.stop() };
}

// One clip without a name; `ready` says whether there is something to look at.
function judgeClip(label, n, host, clock, side) {
  const screen = element("div", { class: "judge-screen" });
  const root = element("figure", { class: `judge-clip ${side}` }, screen, element("figcaption", {}, label));
  const fail = (why) => {
    screen.replaceChildren(element("p", { class: "judge-why" }, why || "This clip cannot be shown."));
    return false;
  };
  const ready = Promise.resolve(host.film(n)).then(
    (film) => {
      if (!film?.url) return fail(film?.why);
      const name = { image: "img", audio: "audio" }[film.kind] ?? "video";
      const made = element(name, name === "img" ? { alt: `${label}`, src: film.url } : { src: film.url, preload: "auto", "aria-label": label, ...(name === "audio" ? { controls: true } : { playsinline: true }) });
      if (name === "video") made.muted = true;
      screen.replaceChildren(made);
      return new Promise((resolve) => {
        const good = () => {
          const [wide, high] = [made.videoWidth || made.naturalWidth, made.videoHeight || made.naturalHeight];
          if (wide && high) root.style.setProperty("--ratio", wide / high);
          if (wide < high) root.parentElement?.classList.add("tall");
          resolve(true);
        };
        made.addEventListener("error", () => resolve(fail()), { once: true });
        made.addEventListener(name === "img" ? "load" : "loadeddata", good, { once: true });
        if (name !== "img") clock.add(made);
      });
    },
    () => fail(),
  );
  return { root, ready };
}
