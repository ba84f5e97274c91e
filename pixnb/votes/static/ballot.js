// One voter's votes on one page, in her order, kept in her browser until she hands them back. See votes.js.

// What a voter has said so far, in this browser's storage, so that she can go on tomorrow.
function keepJudging(data) {
  const key = `pixnb-judge:${data.report}:${data.seed}`;
  const names = new Set(data.pairs.map(({ pair }) => pair));
  let state = { voter: "", said: [] };
  try {
    const found = JSON.parse(localStorage.getItem(key));
    const isGood = (one) => names.has(one?.pair) && ["left", "right", "tie", "skip"].includes(one.choice);
    if (typeof found?.voter === "string" && Array.isArray(found.said)) state = { voter: found.voter, said: found.said.filter(isGood) };
  } catch {
    /* nothing kept, or no storage: it lasts while the page is open */
  }

  function write() {
    try {
      localStorage.setItem(key, JSON.stringify(state));
    } catch {
      /* as above */
    }
  }

  const order = () => shuffled([...data.pairs.keys()], hash32(`${data.seed}:${state.voter}`));
  const saidOf = (number) => state.said.find(({ pair }) => pair === data.pairs[number].pair);
  const sidesOf = (number) => {
    const { left, right } = data.pairs[number];
    return isTurned(data.seed, state.voter) ? { left: right, right: left } : { left, right };
  };
  const votes = () =>
    state.said.flatMap(({ pair, choice, seconds }) => {
      const { left, right } = sidesOf(data.pairs.findIndex((one) => one.pair === pair));
      return choice === "skip" ? [] : [{ pair, left: left.run, right: right.run, choice, seconds }];
    });
  return {
    get voter() {
      return state.voter;
    },
    get done() {
      return state.said.length;
    },
    get skipped() {
      return state.said.filter(({ choice }) => choice === "skip").length;
    },
    start(voter) {
      state = { voter, said: [] };
      write();
    },
    // The numbers of pairs in this voter's order that are to come.
    ahead: () => order().filter((number) => !saidOf(number)),
    next() {
      return this.ahead()[0] ?? null;
    },
    sidesOf,
    answer(number, choice, seconds) {
      state.said.push({ pair: data.pairs[number].pair, choice, seconds });
      write();
    },
    undo() {
      const last = state.said.pop();
      write();
      return last;
    },
    unskip() {
      state.said = state.said.filter(({ choice }) => choice !== "skip");
      write();
    },
    votes,
    file: () => votesFile({ ...data, voter: state.voter, votes: votes() }),
    text: () => votesText({ ...data, voter: state.voter, votes: votes() }),
  };
}

function judgeFile(kept) {
  return `pixnb-votes-${kept.voter.replace(/[^\p{L}\p{N}-]+/gu, "-")}.json`;
}
