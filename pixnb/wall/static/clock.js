// One clock for all films of a wall. Films start together when all can play; while they play they are kept in step by
// their rate alone, because seeks cost more than they mend; when they stand, each is at exactly the same frame.

const FAR_OFF = 0.5; // seconds, beyond which a film is moved and not only hurried
const NEAR = 0.012;
const LONGEST_WAIT = 10000; // ms that all wait for one, which is then left behind
const MOST_STALLS = 3; // since Play, until the others wait for it no more
const KEEPS_UP = 1500; // ms in which one that was left behind has to play, to count as back
const MOVES = 2000; // ms between two jumps of a film: each costs a machine that is late already
const STALLED = 250;

// `changed` is called after each change of what it says; `left(film)` when a film is left behind, which all have waited
// for in vain or too often, and when it is back. It plays whenever it can, and nobody waits for it.
function makeClock({ fps = 24, seconds = 0, patience = LONGEST_WAIT, changed = () => {}, left = () => {} } = {}) {
  const films = new Set();
  const clock = { state: "paused", rate: 1, loops: true, fps, seconds, heard: null };
  let at = 0; // seconds, where the clock stood at `since`
  let since = 0;
  let turn = 0; // what a newer press has overtaken stops by itself
  let timer = null;

  const frames = () => Math.max(1, Math.round(clock.seconds * clock.fps));
  const middle = (frame) => (Math.min(Math.max(frame, 0), frames() - 1) + 0.5) / clock.fps;
  const frameAt = (time) => Math.min(frames() - 1, Math.max(0, Math.floor(time * clock.fps + 1e-3)));
  const isMoving = () => clock.state === "playing" || clock.state === "starting" || clock.state === "waiting";
  const lengthOf = (film) => (Number.isFinite(film.duration) && film.duration ? film.duration : clock.seconds);
  const isOver = (film) => film.ended || film.currentTime >= lengthOf(film) - 0.02;
  const isReady = (film) => film.readyState >= 3 || (film.readyState >= 2 && film.currentTime >= lengthOf(film) - 0.2);

  function now() {
    const gone = clock.state === "playing" ? ((performance.now() - since) / 1000) * clock.rate : 0;
    return Math.min(at + gone, clock.seconds);
  }

  function say(state) {
    clock.state = state;
    changed();
  }

  // A film that is still looking for one place is told the newest when it has found it.
  function place(film, time) {
    const wanted = Math.max(0, Math.min(time, lengthOf(film) - 0.5 / clock.fps));
    film.pixnbWanted = wanted;
    if (film.seeking || Math.abs(film.currentTime - wanted) < 1e-4) return;
    film.currentTime = wanted;
  }

  function found(event) {
    const film = event.target;
    if (clock.state !== "playing" && film.pixnbWanted !== undefined) place(film, film.pixnbWanted);
  }

  function waitFor(films, isGood, mine) {
    return new Promise((resolve) => {
      const began = performance.now();
      (function look() {
        if (mine !== turn) return resolve(false);
        const late = films.filter((film) => !isGood(film));
        const isTooLong = performance.now() - began > patience;
        if (isTooLong) late.forEach(leave);
        if (!late.length || isTooLong) return resolve(true);
        setTimeout(look, 15);
      })();
    });
  }

  function leave(film) {
    film.pixnbLeft = performance.now();
    film.pixnbJoins = false;
    film.pause();
    left(film);
  }

  function isBack(film) {
    if (performance.now() - film.pixnbLeft < KEEPS_UP) return;
    film.pixnbLeft = 0;
    left(film);
  }

  function forgive(film) {
    const wasLeft = film.pixnbLeft;
    Object.assign(film, { pixnbStalls: 0, pixnbLeft: 0 });
    if (wasLeft) left(film);
  }

  const awaited = () => [...films].filter((film) => !film.pixnbLeft);

  const isPlaced = (film) =>
    film.readyState >= 2 && !film.seeking && Math.abs(film.currentTime - (film.pixnbWanted ?? film.currentTime)) < 0.02;

  // All at one place and able to go on, then together.
  async function start() {
    const mine = ++turn;
    stopWatching();
    say("starting");
    for (const film of films) film.pause();
    if (!(await waitFor(awaited(), (film) => film.readyState >= 1, mine))) return;
    measure();
    for (const film of films) place(film, at);
    if (!(await waitFor(awaited(), (film) => isPlaced(film) && isReady(film), mine))) return;
    for (const film of films) film.playbackRate = clock.rate;
    await Promise.allSettled(awaited().filter((film) => !isOver(film)).map((film) => film.play()));
    if (mine !== turn) return;
    since = performance.now();
    say("playing");
    watch(mine, since);
  }

  function measure() {
    const lengths = [...films].map((film) => film.duration).filter((length) => Number.isFinite(length) && length > 0);
    if (lengths.length) clock.seconds = Math.max(...lengths);
  }

  function stopWatching() {
    clearTimeout(timer);
    timer = null;
  }

  // Often in the first second, when those that started late catch up.
  function watch(mine, began) {
    timer = setTimeout(() => {
      if (mine !== turn) return;
      const young = performance.now() - began < 1500;
      if (correct(young ? 0.25 : 0.12)) watch(mine, began);
    }, performance.now() - began < 1500 ? 50 : 120);
  }

  function median(numbers) {
    const sorted = [...numbers].sort((one, other) => one - other);
    const half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  // Whether they go on. The one that is heard leads, so that its pitch stays; else the middle one of all.
  function correct(most) {
    const going = [...films].filter((film) => !isOver(film) && film.readyState >= 1);
    if (!going.length && now() >= clock.seconds - 0.03) return end();
    const moving = going.filter((film) => !film.paused && film.readyState >= 2 && !film.seeking);
    const leads = moving.includes(clock.heard) ? clock.heard : null;
    if (moving.length) {
      at = leads ? leads.currentTime : median(moving.map((film) => film.currentTime));
      since = performance.now();
    }
    for (const film of going) {
      if (film.paused) joinIn(film);
      else if (stands(film)) {
        film.pixnbStalls = (film.pixnbStalls ?? 0) + 1;
        if (film.pixnbLeft || film.pixnbStalls >= MOST_STALLS) leave(film);
        else return wait();
      } else if (!film.seeking) {
        hurry(film, leads === film ? 0 : film.currentTime - now(), most);
        if (film.pixnbLeft) isBack(film);
      }
    }
    return true;
  }

  // One that came while the others play, such as by scrolling: they do not wait for it.
  function joinIn(film) {
    if (film.pixnbJoins && isReady(film) && !film.seeking) {
      film.pixnbJoins = false;
      film.playbackRate = clock.rate;
      if (film.pixnbLeft) film.pixnbLeft = performance.now();
      film.play().catch(() => {});
    } else if (!film.pixnbJoins && film.readyState >= 1) {
      film.pixnbJoins = true;
      film.pixnbWanted = undefined;
      film.currentTime = Math.min(now() + 0.25 * clock.rate, lengthOf(film));
    }
  }

  function stands(film) {
    if (isReady(film) || film.seeking) {
      film.pixnbStands = 0;
      return false;
    }
    film.pixnbStands ||= performance.now();
    return performance.now() - film.pixnbStands > STALLED;
  }

  function hurry(film, ahead, most) {
    if (Math.abs(ahead) > FAR_OFF && performance.now() - (film.pixnbMoved ?? -MOVES) > MOVES) {
      film.pixnbMoved = performance.now();
      film.pixnbWanted = undefined;
      film.currentTime = Math.min(now() + 0.2 * clock.rate, lengthOf(film));
      return;
    }
    const part = Math.abs(ahead) < NEAR ? 0 : Math.max(-most, Math.min(most, ahead / 0.4));
    const rate = clock.rate * (1 - Math.round(part * 50) / 50);
    if (Math.abs(film.playbackRate - rate) > 1e-3) film.playbackRate = rate;
  }

  async function wait() {
    const mine = ++turn;
    at = now();
    say("waiting");
    for (const film of films) film.pause();
    if (await waitFor(awaited(), isReady, mine)) start();
    return false;
  }

  function end() {
    at = clock.loops ? 0 : middle(frames() - 1);
    since = performance.now();
    if (!clock.loops) pause();
    else if (!clock.turn?.()) start(); // who takes the wall over at this moment starts it again
    return false;
  }

  function pause() {
    at = middle(frameAt(now()));
    turn += 1;
    stopWatching();
    for (const film of films) film.pause();
    for (const film of films) place(film, at);
    say("paused");
  }

  function remove(film) {
    film.pause();
    film.removeEventListener("seeked", found);
    films.delete(film);
    if (clock.heard === film) clock.heard = null;
  }

  return Object.assign(clock, {
    now,
    isMoving,
    frames,
    frame: () => frameAt(now()),
    films,
    play() {
      if (isMoving()) return;
      films.forEach(forgive);
      if (now() >= clock.seconds - 1.5 / clock.fps) at = 0;
      start();
    },
    pause,
    // To a frame, exactly; goes on from there if it went before.
    seek(frame) {
      const goesOn = isMoving();
      at = middle(frame);
      if (goesOn) return start();
      for (const film of films) place(film, at);
      changed();
    },
    setRate(rate) {
      at = now();
      since = performance.now();
      clock.rate = rate;
      for (const film of films) film.playbackRate = rate;
      changed();
    },
    add(film) {
      films.add(film);
      film.playbackRate = clock.rate;
      Object.assign(film, { pixnbJoins: false, pixnbWanted: undefined });
      forgive(film);
      film.addEventListener("seeked", found);
      const settle = () => {
        if (!films.has(film)) return;
        if (film.duration > clock.seconds || films.size === 1) measure();
        if (!isMoving()) place(film, at);
        changed();
      };
      if (film.readyState >= 1) settle();
      else film.addEventListener("loadedmetadata", settle, { once: true });
    },
    remove,
    // Resolves when nothing is on its way: for who looks at all of them.
    settled: () => waitFor([...films], isPlaced, turn),
    stop() {
      turn += 1;
      stopWatching();
      [...films].forEach(remove);
    },
  });
}
