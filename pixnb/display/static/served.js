// Whether a server gives a file: it may refuse one after all, behind a proxy, or moved meanwhile.

async function isServed(url) {
  try {
    return (await fetch(url, { method: "HEAD", credentials: "same-origin" })).ok;
  } catch {
    return false;
  }
}
