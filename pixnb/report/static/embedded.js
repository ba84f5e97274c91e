// The films that a page holds as base64: made into something to play when first asked for.

function openEmbedded(data) {
  const known = new Map(); // by the film, which several cells may share
  const cells = new Map(Object.entries(data.films));

  function make(key) {
    const held = document.querySelector(`script.pixnb-film[data-film="${CSS.escape(key)}"]`);
    if (!held) return { why: "The film of this clip is missing from the file: it was changed after it was written." };
    const type = held.dataset.type;
    const url = URL.createObjectURL(new Blob([readBytes(held.textContent)], { type }));
    held.textContent = ""; // it is not needed twice
    return { url, kind: type.split("/")[0] };
  }

  return async function film(n) {
    const key = cells.get(String(n));
    if (!key) return { why: data.whys[String(n)] || "This run has no clip." };
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key);
  };
}

function readBytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const plain = atob(text);
  const bytes = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i);
  return bytes;
}
