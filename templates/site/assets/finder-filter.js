/*
 * A finder's file and a filter in; which entries are left, how many each further value would leave, and the words for both out.
 *
 * Within a facet any value will do, and every facet that was chosen must be met. An entry that names no value of an open facet
 * is for all of them. Nothing here touches the page, so that it can be asked by itself. The file is made by publisher/site/finder.py.
 */

const DAY = 86400000;
/** What stands in a row before the cells of the facets: name, title, day, until, state, labels, fact. */
const FIRST_CELL = 7;

/** The reader's day in Asia/Shanghai. */
export const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

const daysBetween = (from, to) => Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from)) / DAY);

export class Finder {
  /** `data` is the file, `day` the day that ends are counted from. */
  constructor(data, day) {
    this.data = data;
    this.facets = data.facets.map((facet) => (facet.sort === "industry" ? { ...facet, values: industriesOf(data) } : facet));
    for (const facet of this.facets) facet.places = new Map(facet.values.map(([value], place) => [value, place]));
    const kept = new Map(); // rows with equal cells share their lists
    this.entries = data.rows.map((row, order) => this.entry(row, order, day, kept));
  }

  entry(row, order, day, kept) {
    const [name, title, published, until, state, labels, fact] = row;
    const [status, statusLabel, isLive] = this.data.states[state];
    const days = until && isLive ? daysBetween(day, until) : -1;
    const meets = this.facets.map((facet, at) => {
      const cell = row[FIRST_CELL + at];
      const key = `${at} ${JSON.stringify(cell)} ${facet.sort === "due" ? `${isLive} ${until && days}` : ""}`;
      if (!kept.has(key)) kept.set(key, this.places(facet, cell, isLive, until, days));
      return kept.get(key);
    });
    return { url: `${this.data.folder}${name}/`, title, day: published, until, status, statusLabel, isLive, labels, fact, cells: row.slice(FIRST_CELL), meets, order, isDue: days >= 0 };
  }

  /** Which values of a facet a cell meets, as places among them. */
  places(facet, cell, isLive, until, days) {
    if (facet.sort === "industry") return industriesMet(this.data.sections, ...cell).map((code) => facet.places.get(code));
    if (facet.sort === "due") return dueMet(isLive, until, days, cell.map((place) => facet.values[place][0])).map((value) => facet.places.get(value));
    return cell.length || !facet.open ? cell : facet.values.map((_, place) => place);
  }

  /**
   * What a filter `{chosen: {facet: [value]}, sort}` leaves: `hits` in order; by facet the `counts` of each value if it were chosen
   * beside the other facets, and what would be found `without` the facet.
   */
  find({ chosen, sort }) {
    const masks = this.facets.map((facet) => mask(facet, chosen[facet.name]));
    const counts = this.facets.map((facet) => new Array(facet.values.length).fill(0));
    const without = this.facets.map(() => 0);
    const hits = [];
    const tally = (entry, at) => {
      without[at]++;
      for (const place of entry.meets[at]) counts[at][place]++;
    };
    for (const entry of this.entries) {
      const missed = [];
      for (let at = 0; at < masks.length && missed.length < 2; at++) {
        if (masks[at] && !entry.meets[at].some((place) => masks[at][place])) missed.push(at);
      }
      if (missed.length === 1) tally(entry, missed[0]);
      if (missed.length) continue;
      hits.push(entry);
      for (let at = 0; at < masks.length; at++) tally(entry, at);
    }
    return { hits: sort === "deadline" ? hits.sort(byDeadline) : hits, counts, without };
  }

  /** The one facet whose dropping would leave most, as `{facet, count}`; null when none alone would leave anything. */
  best({ chosen }, { without }) {
    let best = null;
    this.facets.forEach((facet, at) => {
      if (chosen[facet.name] && without[at] > (best ? best.count : 0)) best = { facet, count: without[at] };
    });
    return best;
  }

  /** The values of a facet that entries name, for a list that would be too long with all: industries with the sections they lie in. */
  named(facet) {
    if (facet.sort !== "industry") return new Set(facet.values.map(([value]) => value));
    const at = this.facets.indexOf(facet);
    const codes = new Set(this.data.rows.flatMap((row) => row[FIRST_CELL + at].flat()).map((code) => code.slice(0, 2)));
    return new Set(this.data.sections.flatMap(([section, , divisions]) => {
      const found = divisions.map(([code]) => code).filter((code) => codes.has(code));
      return found.length || codes.has(section) ? [section, ...found] : [];
    }));
  }

  /** A filter from an address; what this finder does not know is left out. */
  read(search) {
    const address = new URLSearchParams(search);
    const chosen = {};
    for (const facet of this.facets) {
      const values = facet.values.map(([value]) => value).filter((value) => address.getAll(facet.name).includes(value));
      if (values.length) chosen[facet.name] = isSingle(facet) ? values.slice(0, 1) : values;
    }
    return { chosen, sort: address.get("sort") === "deadline" ? "deadline" : "newest" };
  }

  /** The address of a filter, from its question mark on; nothing for no filter. */
  write({ chosen, sort }) {
    const address = new URLSearchParams();
    for (const facet of this.facets) for (const value of chosen[facet.name] || []) address.append(facet.name, value);
    if (sort === "deadline") address.set("sort", sort);
    const words = address.toString();
    return words && `?${words}`;
  }

  /** The values of a facet that were chosen, in words: 小型或微型企业. */
  words(facet, values) {
    const labels = values.map((value) => facet.values[facet.places.get(value)][1]);
    return labels.join("或") + facet.unit;
  }

  /** What is shown, in one sentence. */
  sentence({ chosen, sort }, count) {
    const parts = [];
    let lead = "";
    for (const facet of this.facets) {
      const values = chosen[facet.name];
      if (!values) continue;
      const words = this.words(facet, values);
      if (facet.lead && facet.lead === lead) parts[parts.length - 1] += `、${words}`;
      else parts.push(facet.lead + words);
      lead = facet.lead;
    }
    parts.push(sort === "deadline" ? "按截止日期从近到远" : "按发布日期从新到旧");
    return `共${count.toLocaleString("zh-CN")}条：${parts.join("，")}`;
  }
}

/** Facets of which one value is chosen at a time. */
export const isSingle = (facet) => facet.sort !== "any";

function mask(facet, values) {
  if (!values || !values.length) return null;
  const found = new Uint8Array(facet.values.length);
  for (const value of values) found[facet.places.get(value)] = 1;
  return found;
}

/** What can still be used first, then what closes soonest; what has no end keeps the order of publication. */
function byDeadline(a, b) {
  if (a.isLive !== b.isLive) return a.isLive ? -1 : 1;
  if (a.isDue !== b.isDue) return a.isDue ? -1 : 1;
  if (a.isDue && a.until !== b.until) return a.until < b.until ? -1 : 1;
  return a.order - b.order;
}

const industriesOf = (data) => data.sections.flatMap(([code, name, divisions]) => [[code, name], ...divisions]);

/** The sections and divisions that an entry is for: those it names, or all; without those it leaves out. A section counts when any division of it does. */
function industriesMet(sections, named, excluded) {
  const codes = new Set(named.map((code) => code.slice(0, 2)));
  const out = new Set(excluded);
  const met = [];
  for (const [section, , divisions] of sections) {
    if (out.has(section)) continue;
    const found = divisions.map(([code]) => code).filter((code) => !out.has(code) && (!codes.size || codes.has(section) || codes.has(code)));
    if (found.length) met.push(section, ...found);
  }
  return met;
}

/** When an entry closes; what is over closes no more. */
function dueMet(isLive, until, days, lasting) {
  if (!isLive) return [];
  if (!until) return lasting;
  if (days < 0) return [];
  return days <= 30 ? ["30", "90"] : days <= 90 ? ["90"] : ["later"];
}
