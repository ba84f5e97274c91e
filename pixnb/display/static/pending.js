// Marks on their way to the kernel, which says of each that it is kept: one that waits long looks unkept, and a sentence says why.

const PATIENT = 4000; // milliseconds
const MARKED = `:is(.wall-stars, .cell-pick[aria-pressed="true"], .wall-noted, .bar-note, .rate, .strip-stars)`;
const WAITS = "The kernel is busy with another cell. Marks in a dashed line are kept when it has ended.";
const SILENT = "The kernel does not answer. Marks in a dashed line are kept only if it does: if it has ended, run this cell again or reload the page, and mark anew.";

// What is known of a kernel that does not answer: "busy", "ended" or, in hosts that tell nothing, "silent".
async function findState(manager) {
  if (!manager || !("kernel" in manager)) return "silent";
  const { kernel } = manager;
  if (!kernel || kernel.isDisposed || kernel.status === "dead") return "ended";
  let { status } = kernel;
  try {
    const answer = await fetch(`${kernel.serverSettings.baseUrl}api/kernels/${kernel.id}`, { credentials: "same-origin", cache: "no-store" });
    if (answer.status === 404) return "ended"; // culled
    status = (await answer.json()).execution_state;
  } catch {} // a server that is away, or lets nobody ask
  return status === "busy" && kernel.connectionStatus === "connected" ? "busy" : "silent";
}

// `send` says whether a message is on its way; `told` hears "", "busy", "silent" or "ended".
function makePending(model, style, send, told) {
  const who = Math.random().toString(36).slice(2); // another view of it waits for its own
  const waiting = new Map(); // what was sent and not answered: of which run, and when
  const refused = new Set(); // runs of which something could not be kept
  let timer = null;
  let state = "";
  let count = 0;

  function draw() {
    const late = [...waiting.values()].filter(({ sent }) => state === "ended" || performance.now() - sent >= PATIENT);
    if (!late.length && state !== "ended") state = "";
    const runs = new Set([...refused, ...late.map(({ run }) => run)]);
    const rules = [...runs].map((run) => `[data-run="${CSS.escape(run)}"] ${MARKED}`);
    style.textContent = rules.length ? `${rules.join(", ")} { outline: 1.5px dashed currentColor; outline-offset: 1px; filter: grayscale(1); }` : "";
    told(state);
  }

  async function look() {
    const found = await findState(model.widget_manager);
    timer = null;
    if (state !== "ended") state = found;
    draw();
    watch();
  }

  function watch() {
    if (!timer && waiting.size && state !== "ended") timer = setTimeout(look, PATIENT);
  }

  function hear({ mark, kept }) {
    if (!waiting.has(mark)) return;
    const { run } = waiting.get(mark);
    waiting.delete(mark);
    if (kept) refused.delete(run);
    else refused.add(run);
    draw();
  }

  model.on("msg:custom", hear);
  return {
    mark(run, change) {
      const key = `${who}-${++count}`;
      waiting.set(key, { run, sent: performance.now() });
      if (!send({ mark: { run, ...change }, as: key })) state = "ended";
      if (state === "ended") draw();
      else watch();
    },
    close() {
      clearTimeout(timer);
      model.off("msg:custom", hear);
    },
  };
}
