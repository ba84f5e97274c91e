// Files of votes and marks, "pixnb-votes/1", written as pixnb/votes/file.py reads them; chance as in chance.py.

function hash32(text) {
  let found = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) found = Math.imul(found ^ byte, 0x01000193) >>> 0;
  return found;
}

function draws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(items, seed) {
  const found = [...items];
  const draw = draws(seed);
  for (let last = found.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [found[last], found[other]] = [found[other], found[last]];
  }
  return found;
}

function isTurned(seed, voter) {
  return Boolean((hash32(`${seed}:${voter}`) >>> 7) & 1);
}

// A name, and letters by which two people of one name are told apart: the same ones on the same page of a browser.
function voterName(report, name) {
  const tail = keptTail(report);
  const said = tidyText(name || "").replace(/\s+/g, " ").trim().slice(0, 60);
  return said ? `${said}-${tail}` : `voter-${tail}`;
}

function keptTail(report) {
  const key = `pixnb-voter:${report}`;
  try {
    const kept = localStorage.getItem(key);
    if (/^[0-9a-z]{6}$/.test(kept || "")) return kept;
    const made = newTail();
    localStorage.setItem(key, made);
    return made;
  } catch {
    return (keptTail.made ??= newTail()); // no storage: as long as the page is open
  }
}

function newTail() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => "0123456789abcdefghjkmnpqrstvwxyz"[byte % 32]).join("");
}

function tidyText(text) {
  return String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd").replace(/\p{Surrogate}/gu, "\ufffd");
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// The text of a file. marks: {run: {stars, picked, notes: [{at, text}]}} as a host has them, or a list with `run` in
// each; none where it is no file of marks: an empty one takes back those of an earlier file. Votes as judge.js makes them.
function votesFile({ report, log, experiment, voter, seed, marks, votes = [] }) {
  const thousandths = (number) => (number == null ? null : Math.round(number * 1000) / 1000);
  const list = Array.isArray(marks) ? marks : Object.entries(marks ?? {}).map(([run, mark]) => ({ ...mark, run }));
  const said = list.map((mark) => ({
    run: mark.run,
    stars: mark.stars ?? null,
    picked: mark.picked ?? null,
    notes: (mark.notes || []).slice(0, 200).map(({ at, text }) => ({ at: thousandths(at), text: tidyText(text).slice(0, 4000) })),
  }));
  const content = {
    format: "pixnb-votes/1",
    report,
    log,
    experiment: experiment || null,
    voter: voter || voterName(report, ""),
    seed: seed || 0,
    made: new Date().toISOString(),
    ...(marks && { marks: said.filter((mark) => mark.stars || mark.picked !== null || mark.notes.length) }),
    votes: votes.map((vote) => ({ ...vote, seconds: thousandths(vote.seconds) })),
  };
  return canonical({ ...content, checksum: sha256Hex(canonical(content)) });
}

// The votes alone as a text that fits into a mail: pairs by their names, choices by letters, and a check at the end.
function votesText({ report, log, voter, seed, votes }) {
  const letters = { left: "L", right: "R", tie: "T" };
  const said = votes.map(({ pair, choice }) => `${pair}${letters[choice]}`).join(".");
  const lines = ["pixnb-votes/1", `report ${report}`, `log ${log}`, `voter ${voter}`, `seed ${seed}`, `made ${new Date().toISOString()}`, `votes ${said}`];
  return [...lines, `check ${hash32(lines.join("\n")).toString(16).padStart(8, "0")}`].join("\r\n");
}

function saveText(text, name) {
  saveBlob(new Blob([text], { type: "application/json" }), name);
}

function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  saveUrl(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function saveUrl(url, name) {
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

// FIPS 180-4; crypto.subtle is not there on a page that came by plain HTTP.
function sha256Hex(text) {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const { first: state, rounds } = sha256Constants();
  for (let at = 0; at < padded.length; at += 64) sha256Block(view, at, state, rounds);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

function sha256Constants() {
  const fraction = (number) => ((number - Math.floor(number)) * 4294967296) >>> 0;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return { first: Uint32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p))), rounds: primes.map((p) => fraction(Math.cbrt(p))) };
}

function sha256Block(view, at, state, rounds) {
  const turn = (word, by) => (word >>> by) | (word << (32 - by));
  const words = new Uint32Array(64);
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [a, b] = [words[i - 15], words[i - 2]];
    const early = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const late = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[i] = words[i - 16] + early + words[i - 7] + late;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + words[i]) >>> 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [a, b, c, d, e, f, g, h] = [(one + two) >>> 0, a, b, c, (d + one) >>> 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word));
}
