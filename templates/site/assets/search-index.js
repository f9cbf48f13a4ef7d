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

/* The second half: asking. */

/** How many synonyms of one word are tried, and how many words of a query are read. */
const VARIANTS = 8;
const WORDS = 12;
/** Title before summary before text; what has only a synonym comes after what has the word. */
const FIELDS = 3;
/** The rank of what has not all words; and of how many terms of a word it is asked, fewer than that. */
const NONE = 255;
const TERMS = 250;
/** How many texts are read in vain at most, looking for one that has the words as they were written. */
const SPARE = 4;

/** The index below an address: ``search/`` of the site. */
export class Search {
  constructor(address) {
    this.address = address;
    this.kept = new Map();
    this.traditional = null;
  }

  /** A file of the index, asked for once. */
  file(path, read, options) {
    if (!this.kept.has(path)) {
      const asked = fetch(new URL(path, this.address), options).then((answer) => {
        if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
        return read(answer);
      });
      asked.catch(() => this.kept.delete(path)); // another try may be luckier
      this.kept.set(path, asked);
    }
    return this.kept.get(path);
  }

  contents() {
    return this.file("contents.json", (answer) => answer.json(), { cache: "no-cache" });
  }

  /** The words of a query, each with its synonyms behind it. */
  async read(query) {
    const { synonyms } = await this.contents();
    const words = query.split(/\s+/).map((word) => fold(word, this.traditional));
    return words.filter(Boolean).slice(0, WORDS).map((word) => [...variants(word, synonyms)].slice(0, VARIANTS));
  }

  /** The entries that have all words of a query, best first. */
  async find(query) {
    let words = await this.read(query);
    let hits = await this.match(words);
    // The index has no traditional character, so a query with one finds nothing; only then is the table worth its bytes.
    if (!hits.length && !this.traditional && /[\u3400-\u9fff\ud800-\udfff]/.test(query)) {
      const table = Array.from((await this.file("traditional.txt", (answer) => answer.text())).replace(/\s/g, ""));
      this.traditional = new Map(table.filter((_, at) => at % 2 === 0).map((char, at) => [char, table[2 * at + 1]]));
      words = await this.read(query);
      hits = await this.match(words);
    }
    return { words, hits };
  }

  async match(words) {
    if (!words.length) return [];
    const { volumes } = await this.contents();
    const found = await Promise.all(volumes.map((volume) => this.matchIn(volume, words)));
    // By rank, current before over, and from the newest number of the newest volume backwards: no sort is needed.
    const shelves = Array.from({ length: 4 * FIELDS }, () => []);
    for (let place = volumes.length - 1; place >= 0; place--) {
      const { ranks, over } = found[place];
      for (let number = ranks.length - 1; number >= 0; number--) {
        if (ranks[number] !== NONE) shelves[2 * ranks[number] + over[number]].push({ volume: volumes[place], number });
      }
    }
    return shelves.flat();
  }

  /** How well each entry of a volume has all words, and whether it is over, by number. */
  async matchIn(volume, words) {
    const [ranks, ...others] = await Promise.all(words.map((word) => this.rankWord(volume, word)));
    for (const other of others) for (let number = 0; number < ranks.length; number++) ranks[number] = Math.max(ranks[number], other[number]);
    const over = new Uint8Array(volume.count);
    for (const number of decode(Uint8Array.from(atob(volume.over), (char) => char.charCodeAt(0)))) over[number] = 1;
    return { ranks, over };
  }

  /** How well each entry of a volume has a word. */
  async rankWord(volume, word) {
    const ranks = new Uint8Array(volume.count).fill(NONE);
    const lists = await Promise.all(word.map((variant) => this.listsOf(volume, queryTerms(variant).slice(0, TERMS))));
    lists.forEach((terms, at) => {
      for (let field = 0; field < FIELDS; field++) {
        const rank = (at ? FIELDS : 0) + FIELDS - 1 - field; // 0 is anywhere, 1 a summary, 2 a title
        for (const number of intersect(terms.map((lists) => lists[field]), volume.count)) ranks[number] = Math.min(ranks[number], rank);
      }
    });
    return ranks;
  }

  listsOf(volume, terms) {
    return Promise.all(
      terms.map(async (term) => {
        const path = `${volume.name}/terms-${scatter(term) & (volume.shards - 1)}.bin`;
        const shard = await this.file(path, async (answer) => readShard(new Uint8Array(await answer.arrayBuffer())));
        return (shard.get(term) || [[], [], []]).map(decode);
      })
    );
  }

  /** What is shown of a hit. */
  async record(hit) {
    const { block } = await this.contents();
    const path = `${hit.volume.name}/texts-${Math.floor(hit.number / block)}.bin`;
    const rows = await this.file(path, async (answer) => JSON.parse(new TextDecoder("utf-16le").decode(await answer.arrayBuffer())));
    const [url, title, summary, kind, kindLabel, day, status, statusLabel, sections, text] = rows[hit.number % block];
    return { url, title, summary, kind, kindLabel, day, status, statusLabel, sections, text };
  }

  /** What filters ask of a hit: year, kind, status and industry. */
  async label(hit) {
    const { values, marks, years } = await this.file(`${hit.volume.name}/labels.json`, async (answer) => {
      const { values, of, years } = await answer.json();
      return { values, marks: of, years: years.flatMap(([year, count]) => Array(count).fill(year)) };
    });
    const [kind, status, industry] = values[marks.charCodeAt(hit.number) - 0x30];
    return { year: [years[hit.number]], kind: [kind], status: [status], industry };
  }
}

/** The word, then the word with one of its parts said otherwise. */
function variants(word, synonyms) {
  const found = new Set([word]);
  for (const group of synonyms)
    for (const part of group)
      if (word.includes(part)) for (const other of group) found.add(word.replace(part, other));
  return found;
}

/** The numbers below a limit that stand in every list. */
function intersect(lists, limit) {
  if (lists.length < 2 || lists.some((list) => !list.length)) return lists.length === 1 ? lists[0] : [];
  const seen = new Uint8Array(limit);
  lists.forEach((list, at) => {
    for (const number of list) if (seen[number] === at) seen[number] = at + 1;
  });
  return lists[0].filter((number) => seen[number] === lists.length);
}

/** Hits with their records, a few at a time: those that have each word as it was written, then those that only have its parts. */
export class Results {
  constructor(search, words, hits) {
    Object.assign(this, { search, words, hits, at: 0, loose: [] });
  }

  get isDone() {
    return this.at >= this.hits.length && !this.loose.length;
  }

  async next(count) {
    const found = [];
    const last = this.at + count + SPARE;
    while (found.length < count && this.at < Math.min(last, this.hits.length)) {
      const some = this.hits.slice(this.at, (this.at = Math.min(last, this.at + count - found.length)));
      for (const record of await Promise.all(some.map((hit) => this.search.record(hit)))) {
        const text = fold(`${record.title}\n${record.summary}\n${record.text}`, this.search.traditional);
        const isWhole = this.words.every((word) => word.some((variant) => text.includes(variant)));
        (isWhole ? found : this.loose).push({ record, isLoose: !isWhole });
      }
    }
    return [...found, ...this.loose.splice(0, count - found.length)];
  }
}

/** A text folded, and for each unit of it the place in the text where it comes from. */
function foldWithPlaces(text, traditional) {
  let folded = "";
  const places = [];
  const chars = Array.from(text);
  for (let at = 0, place = 0; at < chars.length; place += chars[at].length, at++) {
    let piece = fold(chars[at], traditional);
    if (!piece && chars[at].replace(MARKS, "")) {
      const sides = [folded.slice(-1), at + 1 < chars.length ? fold(chars[at + 1], traditional) : ""];
      const isThin = chars[at] === " " && [sides, [...sides].reverse()].some(([a, b]) => HAN.test(a) && /^[0-9a-z]/.test(b));
      piece = isThin || folded.endsWith("\n") ? "" : "\n";
    }
    for (let unit = 0; unit < piece.length; unit++) places.push(place);
    folded += piece;
  }
  places.push(text.length);
  return { folded, places };
}

/** A text in pieces, those that the query means marked: [{words, isMark}]. */
export function mark(text, words, traditional) {
  const { folded, places } = foldWithPlaces(text, traditional);
  const marked = new Uint8Array(text.length);
  for (const piece of found(folded, words)) marked.fill(1, places[piece[0]], places[piece[1]]);
  const pieces = [];
  for (let at = 0, end; at < text.length; at = end) {
    for (end = at + 1; end < text.length && marked[end] === marked[at]; end++);
    pieces.push({ words: text.slice(at, end), isMark: marked[at] === 1 });
  }
  return pieces;
}

/** Where the words stand in a folded text, as [start, end]; where a word is nowhere, its runs or else its terms. */
function found(folded, words) {
  const places = [];
  for (const word of words) {
    const whole = word.filter((variant) => folded.includes(variant));
    const parts = whole.length ? whole : word[0].split("\n").some((run) => folded.includes(run)) ? word[0].split("\n") : queryTerms(word[0]);
    for (const part of parts)
      for (let at = folded.indexOf(part); at >= 0; at = folded.indexOf(part, at + part.length)) places.push([at, at + part.length]);
  }
  return places;
}

/** The part of an entry that shows best why it was found, in pieces. */
export function excerpt(record, words, traditional, length = 90) {
  const inText = foldWithPlaces(record.text, traditional);
  const first = found(inText.folded, words).sort((a, b) => a[0] - b[0])[0];
  const inSummary = found(foldWithPlaces(record.summary, traditional).folded, words);
  if (!first || (inSummary.length && record.summary)) return mark(record.summary || record.text.slice(0, length), words, traditional);
  const at = inText.places[first[0]];
  const line = record.text.lastIndexOf("\n", at) + 1;
  const start = at - line > 30 ? at - 24 : line;
  const end = Math.min(record.text.length, start + length);
  const cut = record.text.slice(start, end).replace(/\n/g, " ");
  return [
    ...(start > line ? [{ words: "…", isMark: false }] : []),
    ...mark(cut, words, traditional),
    ...(end < record.text.length ? [{ words: "…", isMark: false }] : []),
  ];
}
