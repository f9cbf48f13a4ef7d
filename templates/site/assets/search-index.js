/*
 * The site's search: a query in, entries out, asked from small static files (publisher/search/ writes them; docs/adr/0008-search.md says why).
 * The first half is publisher/search/segment.py and postings.py in JavaScript; tests hold them equal. Nothing here touches the page.
 */

/* What is neither letter nor digit, the space left aside. */
const BREAKS = /[\x00-\x1f!-\/:-@\[-`{-\xa9\xab\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u1680\u2000-\u200a\u2010-\u205f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff]+/g;
/* Accents and what is not seen. */
const MARKS = /(?:[\xad\u0300-\u036f\u200b-\u200f\u2060-\u2064\u3099\u309a\ufe00-\ufe0f\ufeff]|\udb40[\udd00-\uddef])+/g;
const HAN = /[\u3400-\u9fff]/;
const LATIN = /[0-9a-z]{3,}/g;

/** The text as it is compared: lower-cased runs of letters and digits, a line feed between two of them. */
export function fold(text, traditional) {
  let folded = text.replace(BREAKS, "\n").normalize("NFKD").replace(MARKS, "").toLowerCase().replace(/ς/g, "σ");
  folded = folded.replace(MARKS, "").replace(BREAKS, "\n");
  if (traditional) folded = Array.from(folded, (char) => traditional.get(char) || char).join("");
  // A space between Han and a Latin letter or digit is typography.
  folded = folded.replace(/([\u3400-\u9fff]) (?=[0-9a-z])/g, "$1").replace(/([0-9a-z]) (?=[\u3400-\u9fff])/g, "$1");
  return folded.replace(/[ \n]+/g, "\n").replace(/^\n|\n$/g, "");
}

/** The terms that a text with this substring must have. */
export function queryTerms(folded) {
  const found = new Set();
  for (const run of folded.split("\n")) {
    if (run.length === 1) found.add(run);
    const inside = new Set();
    for (const match of run.matchAll(LATIN)) {
      for (let at = match.index; at < match.index + match[0].length - 1; at++) {
        inside.add(at);
        if (at < match.index + match[0].length - 2) found.add(run.slice(at, at + 3));
      }
    }
    for (let at = 0; at < run.length - 1; at++) if (!inside.has(at)) found.add(run.slice(at, at + 2));
  }
  return [...found];
}

/** A number that says in which shard a term stands. */
export function scatter(term) {
  let value = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) value = Math.imul(value ^ term.charCodeAt(at), 0x01000193) >>> 0;
  return (value ^ (value >>> 16)) >>> 0;
}

/** Ascending numbers from their bytes: gaps, bits, two bytes each or four bytes each. */
export function decode(bytes) {
  const found = [];
  if (!bytes || !bytes.length) return found;
  if (bytes[0] === 0) {
    for (let at = 1, number = 0; at < bytes.length; at++) {
      number += bytes[at];
      if (bytes[at] !== 255) found.push(number);
    }
  } else if (bytes[0] === 1) {
    for (let at = 1; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) if (bytes[at] & (128 >> bit)) found.push((at - 1) * 8 + bit);
  } else {
    const size = bytes[0] === 2 ? 2 : 4;
    for (let at = 1; at < bytes.length; at += size) {
      let number = 0;
      for (let more = size - 1; more >= 0; more--) number = number * 256 + bytes[at + more];
      found.push(number);
    }
  }
  return found;
}

/** The terms of a shard, each with its three packed lists: anywhere, in summaries, in titles. */
export function readShard(bytes) {
  const found = new Map();
  let at = 0;
  const list = (isThere) => {
    let size = 0;
    for (let shift = 0, byte = 128; isThere && byte >= 128; shift += 7) {
      byte = bytes[at++];
      size |= (byte & 127) << shift;
    }
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const head = bytes[at++];
    let term = "";
    for (let unit = 0; unit < (head & 3); unit++, at += 2) term += String.fromCharCode(bytes[at] | (bytes[at + 1] << 8));
    found.set(term, [list(true), list(head & 4), list(head & 8)]);
  }
  return found;
}
