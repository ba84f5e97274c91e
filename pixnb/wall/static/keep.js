// Marks that a page keeps by itself, where no kernel does: in the browser's storage under the page's id, shared by all
// that the page shows, and downloadable as a file that `exp.import_votes()` takes.

// One store for a page; each wall or table of it gets a host of its own by `host(...)`.
function keepInPage(id) {
  const key = `pixnb-marks:${id}`;
  const hosts = new Set();
  let marks = read();

  function read() {
    try {
      const found = JSON.parse(localStorage.getItem(key) ?? "{}");
      return found && typeof found === "object" && !Array.isArray(found) ? found : {};
    } catch {
      return {}; // a browser that keeps nothing for pages from files: they last while the page is open
    }
  }

  function write() {
    try {
      localStorage.setItem(key, JSON.stringify(marks));
    } catch {
      /* as above */
    }
  }

  function tell(teller) {
    for (const host of hosts) {
      host.marks = copyMarks(marks);
      if (host !== teller) host.onmarks?.(host.marks);
    }
  }

  // another tab with the same page
  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    marks = read();
    tell(null);
  });

  return {
    all: () => copyMarks(marks),
    host(more = {}) {
      const host = {
        ...more,
        keeps: "page",
        isKept: true,
        onmarks: null,
        marks: copyMarks(marks),
        mark(run, change) {
          marks[run] = applyMark(marks[run], change);
          write();
          tell(host);
        },
      };
      hosts.add(host);
      return host;
    },
  };
}

// Hand out the marks; `about` names the report, the log and the experiment that they belong to, and who marked.
function downloadMarks(marks, about = {}) {
  const { report = "", log = "", experiment = null, voter = "" } = about;
  const said = Object.entries(marks).map(([run, mark]) => ({ ...mark, run, picked: mark.picked || null }));
  saveText(votesFile({ report, log, experiment, voter: voterName(report, voter), marks: said }), `pixnb-marks-${report || "wall"}.json`);
}
