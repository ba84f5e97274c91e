// Stars, picks and notes of a report or a wall's page: those of its log, with what its reader changes kept in the browser,
// to be handed back.

function keepChoices(data) {
  const place = `pixnb-report:${data.report}`;
  const numbers = new Map(data.runs.map(({ run, n }) => [run, n]));
  const given = Object.fromEntries(data.runs.map(({ run, marks }) => [run, { ...NO_MARKS, ...marks }]));
  const hosts = [];
  const listeners = [];
  let changed = readKept(); // of each run that was touched here, all marks as they are now

  // a browser may keep nothing for a file from a disk: then a choice lasts as long as the page is open
  function readKept() {
    try {
      const kept = JSON.parse(localStorage.getItem(place));
      return Object.fromEntries(Object.entries(kept ?? {}).filter(([run]) => numbers.has(run)));
    } catch {
      return {};
    }
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify(changed));
    } catch {
      // as above
    }
    tell();
  }

  function tell() {
    for (const host of hosts) {
      host.marks = now();
      host.onmarks?.(host.marks);
    }
    for (const listener of listeners) listener();
  }

  const now = () => copyMarks({ ...given, ...changed });

  addEventListener("storage", (event) => {
    if (event.key !== place) return; // another tab with the same report
    changed = readKept();
    tell();
  });

  return {
    now,
    listen: (listener) => listeners.push(listener),
    open(more) {
      const host = {
        keeps: "report",
        onmarks: null,
        marks: now(),
        mark(run, change) {
          if (!numbers.has(run)) return;
          const before = changed[run] ?? given[run];
          const after = applyMark(before, change);
          const notes = after.notes.map((note) => (before.notes.includes(note) ? note : { ...note, isOwn: true }));
          changed = { ...changed, [run]: { ...after, notes, touched: [...new Set([...(before.touched ?? []), ...Object.keys(change)])] } };
          keep();
        },
        ...more,
      };
      hosts.push(host);
      return host;
    },
    forget() {
      changed = {};
      keep();
    },
    // what the reader says, also where the log has it from an earlier file; nobody's stars go back under another name
    isTouched: () => Object.keys(changed).length > 0,
    own: () => Object.fromEntries(Object.entries(changed).map(([run, marks]) => [run, ownMarks(given[run], marks)]).filter(([, own]) => own)),
    say: () => sayChoices(data, now(), numbers),
  };
}

// A page of a wall alone: its host.
function openChoices(data, more) {
  const choices = keepChoices(data);
  return choices.open({ ...more, own: choices.own });
}

function ownMarks(given, { stars, picked, notes, touched }) {
  const own = {
    stars: touched.includes("stars") ? stars : null,
    picked: touched.includes("picked") && (picked || given.picked) ? picked : null,
    notes: notes.filter((note) => note.isOwn),
  };
  return own.stars || own.picked !== null || own.notes.length ? own : null;
}

// "picks: 3, 17", to be read by a person
function sayChoices(data, marks, numbers) {
  const all = Object.entries(marks).map(([run, mark]) => ({ n: numbers.get(run), ...mark })).sort((one, other) => one.n - other.n);
  const picks = all.filter((one) => one.picked).map(({ n }) => n);
  const stars = all.filter((one) => one.stars).map(({ n, stars }) => `${n} ${"★".repeat(stars)}`);
  const notes = all.flatMap(({ n, notes }) => notes.map((note) => `note on ${n}: ${sayNote(note)}`));
  return [
    `${data.title} (report ${data.report})`,
    ...(picks.length ? [`picks: ${picks.join(", ")}`] : []),
    ...(stars.length ? [`stars: ${stars.join(", ")}`] : []),
    ...notes,
  ].join("\n");
}
