/*
 * The finder of a kind's page: facets with counts, a sentence, the filter in the address, results drawn as the page's own cards.
 *
 * Its file is fetched when the reader opens the facets, or at once when the address has a filter. While nothing is chosen the page's
 * own list stands. Whatever comes from the file is put in as text, never as HTML.
 */
import { Finder, isSingle, today } from "./finder-filter.js";

const form = document.querySelector("[data-finder]");
const box = form.querySelector("details");
const facets = form.querySelector("[data-finder-facets]");
const sort = form.elements.sort;
const part = (name) => document.querySelector(`[data-finder-${name}]`);
const [told, found, list, more, none, feeds, still] = ["told", "found", "list", "more", "none", "feeds", "static"].map(part);
const base = new URL(form.dataset.base, location.href);

/** Results until “更多”. */
const ROUND = 20;

let finder = null; // once the file is here
let filter = { chosen: {}, sort: "newest" };
let left = []; // hits that are not on the page yet

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const isFiltered = () => Boolean(filter.sort === "deadline" || Object.keys(filter.chosen).length);

/** Whether an address asks for a filter, known before the file is here. */
function isAsked() {
  const address = new URLSearchParams(location.search);
  return [...form.dataset.names.split(" "), "sort"].some((name) => address.get(name));
}

let loading = null;

/** The file, fetched once; after a fault it may be tried again. */
async function load() {
  loading ||= fetch(new URL(form.dataset.finder, location.href)).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  });
  try {
    const data = await loading;
    if (!finder) {
      finder = new Finder(data, today());
      facets.replaceChildren(...finder.facets.map(drawFacet));
      part("tools").hidden = false;
    }
  } catch (fault) {
    loading = null;
    throw fault;
  }
}

/** Load, then show what the address asks for. */
async function open() {
  if (!finder) told.textContent = "正在打开筛选…";
  try {
    await load();
    filter = finder.read(location.search);
    show();
  } catch {
    told.textContent = "筛选没有连上，请检查网络后再试。下面是全部内容。";
    found.hidden = still.hidden = false;
    found.classList.remove("finder-found--alone");
    none.hidden = feeds.hidden = more.parentElement.hidden = true;
    list.replaceChildren();
  }
}

/* The facets */

function drawFacet(facet) {
  const field = element("fieldset", "finder__facet");
  field.append(element("legend", "", facet.title));
  if (facet.sort === "industry") field.append(drawIndustries(facet));
  else {
    const values = element("div", "finder__values");
    if (isSingle(facet)) values.append(drawValue(facet, "", "不限"));
    values.append(...facet.values.map(([value, label]) => drawValue(facet, value, label)));
    field.append(values);
  }
  return field;
}

function drawValue(facet, value, label) {
  const input = element("input");
  input.type = isSingle(facet) ? "radio" : "checkbox";
  input.name = facet.name;
  input.value = value;
  return element("label", "finder__value", input, element("span", "", label), " ", element("span", "finder__count"));
}

/** Industries in a list of their own kind: too many to stand side by side. */
function drawIndustries(facet) {
  const select = element("select", "", new Option("不限", ""));
  select.name = facet.name;
  select.setAttribute("aria-label", facet.title);
  const named = finder.named(facet);
  for (const [section, name, divisions] of finder.data.sections) {
    const codes = [[section, name], ...divisions].filter(([code]) => named.has(code) || (finder.read(location.search).chosen[facet.name] || []).includes(code));
    if (!codes.length) continue;
    const group = element("optgroup", "", ...codes.map(([code, words]) => option(code, code === section ? `${words}（全部）` : words)));
    group.label = name;
    select.append(group);
  }
  return select;
}

function option(value, words) {
  const made = new Option(words, value);
  made.dataset.words = words;
  return made;
}

/** Set the controls to the filter, each value with how many it would leave; one that leaves nothing cannot be chosen. */
function drawCounts({ counts, without }) {
  sort.value = filter.sort;
  finder.facets.forEach((facet, at) => {
    const chosen = filter.chosen[facet.name] || [];
    const count = (value) => (value ? counts[at][facet.places.get(value)] : without[at]);
    if (facet.sort === "industry") {
      const select = form.elements[facet.name];
      for (const one of select.options) {
        if (!one.value) continue;
        one.textContent = `${one.dataset.words}（${count(one.value)}）`;
        one.disabled = !count(one.value) && !chosen.includes(one.value);
      }
      select.value = chosen[0] || "";
      return;
    }
    for (const input of form.querySelectorAll(`input[name="${facet.name}"]`)) {
      input.checked = input.value ? chosen.includes(input.value) : !chosen.length;
      input.disabled = Boolean(input.value) && !count(input.value) && !input.checked;
      const words = input.parentElement.lastElementChild;
      words.textContent = count(input.value);
      words.append(element("span", "finder__unit", "条"));
    }
  });
}

/** The filter that the controls say. */
function readForm() {
  const address = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) address.append(name, value);
  return finder.read(`?${address}`);
}

/* The results */

function show() {
  const result = finder.find(filter);
  drawCounts(result);
  told.textContent = finder.sentence(filter, result.hits.length);
  still.hidden = isFiltered();
  found.hidden = false;
  found.classList.toggle("finder-found--alone", isFiltered());
  list.hidden = !isFiltered();
  list.replaceChildren();
  left = isFiltered() ? result.hits : [];
  showMore();
  showNone(result);
  showFeeds();
}

function showMore() {
  const cards = left.slice(0, ROUND).map(drawCard);
  left = left.slice(ROUND);
  list.append(...cards);
  more.parentElement.hidden = !left.length;
  more.textContent = `更多（还有${left.length}条）`;
  return cards[0];
}

/** Nothing is left: which condition to drop. */
function showNone(result) {
  none.hidden = result.hits.length > 0;
  none.replaceChildren();
  if (!none.hidden) {
    const best = finder.best(filter, result);
    const words = best && `${best.facet.title}：${finder.words(best.facet, filter.chosen[best.facet.name])}`;
    none.append(element("p", "", best ? `没有同时符合这些条件的。去掉“${words}”，就有${best.count}条。` : "没有同时符合这些条件的，去掉任何一个条件也没有。"));
    const button = element("button", "button", best ? `去掉“${words}”` : "清除全部条件");
    button.type = "button";
    button.addEventListener("click", () => {
      const { [best ? best.facet.name : ""]: _dropped, ...rest } = filter.chosen;
      change({ ...filter, chosen: best ? rest : {} });
      told.focus(); // the button is gone
    });
    none.append(button);
  }
}

/** The last words of a fact line: what of it stands in the facets, as the page's own cards say it. */
function facts(entry) {
  const labels = (name) => {
    const at = finder.facets.findIndex((facet) => facet.name === name);
    return entry.cells[at].map((place) => finder.facets[at].values[place][1]);
  };
  const all = finder.data.kind === "policy" ? [entry.fact, labels("support").slice(0, 2).join("、")] : [labels("type")[0], labels("field")[0], entry.fact];
  return all.filter(Boolean);
}

function drawMarks(entry, words) {
  const marks = element("p", "card__marks");
  if (finder.data.kind === "listing") {
    const seal = element("span", "seal seal--listing", words[0][0]);
    seal.setAttribute("aria-hidden", "true");
    marks.append(seal);
  }
  if (entry.statusLabel) marks.append(element("span", `status status--${entry.status}`, entry.statusLabel));
  for (const label of entry.labels) marks.append(element("span", `label${label === "广告" ? " label--ad" : label.startsWith("AI") ? " label--ai" : ""}`, label));
  return marks;
}

function drawDates(entry) {
  const time = (day) => {
    const made = element("time", "", day);
    made.dateTime = day;
    return made;
  };
  const dates = element("p", "card__dates");
  if (entry.until) {
    const until = element("strong", "", time(entry.until), "截止");
    if (entry.status === "closing") {
      const days = element("days-left");
      days.setAttribute("until", entry.until);
      until.append(days);
    }
    dates.append(until);
  }
  dates.append(element("span", "", time(entry.day), "发布"));
  return dates;
}

/** A title in clauses that wrap as a whole, as render.py's filter of that name has them; no lookbehind, which browsers of 2020 lack. */
function clauses(title) {
  const parts = title.replace(/[：，；。！？](?!$)/g, "$&\n").replace(/(?!^)[（《〔]/g, "\n$&").split("\n").filter(Boolean);
  return parts.length > 1 ? parts.map((part) => element("span", "clause", part)) : [title];
}

/** A card as parts/card.html has it, without the summary, which the file has no room for. */
function drawCard(entry) {
  const link = element("a", "", ...clauses(entry.title));
  const url = new URL(entry.url, base);
  link.href = url.href.startsWith(base.href) ? url.href : base.href; // only ever an address of this site
  const words = facts(entry);
  const card = element("li", `card card--${finder.data.kind} card--${entry.status}`, element("h2", "card__title", link));
  if (entry.statusLabel || entry.labels.length || finder.data.kind === "listing") card.append(drawMarks(entry, words));
  if (words.length) card.append(element("p", "card__facts", words.join("｜")));
  card.append(drawDates(entry));
  return card;
}

/* 订阅这个筛选 */

function anchor(address, words) {
  const made = element("a", "", words);
  made.href = new URL(address, base).href;
  return element("li", "", made);
}

/** The feeds that come near the filter, and the mail subscription with what it can take of the filter filled in. */
function showFeeds() {
  const { kind, label, folder, feeds: known } = finder.data;
  const { industry = [], district = [], ...others } = filter.chosen;
  feeds.hidden = !isFiltered();
  if (feeds.hidden) return;
  const links = [];
  const notes = [];
  if (known.kind) {
    links.push(anchor(`${folder}rss.xml`, `${label}订阅源`));
    notes.push(`还没有只含这个筛选的订阅源：${label}订阅源里是全部新的${label}，比筛选多。`);
  }
  const near = industry.filter((code) => known.industries.includes(code)).map((code) => [`industries/${code}/rss.xml`, nameOf("industry", code)]);
  for (const [name, values] of Object.entries(others)) {
    for (const value of values) if (known.tags[nameOf(name, value)]) near.push([`${known.tags[nameOf(name, value)]}rss.xml`, nameOf(name, value)]);
  }
  for (const [address, name] of near) links.push(anchor(address, `“${name}”订阅源`));
  if (near.length) notes.push(`${near.map(([, name]) => `“${name}”`).join("、")}订阅源里各栏目都有，但只有编辑归到这一类的，不限条件的不在里面。`);
  const wanted = new URLSearchParams([["kind", kind], ...industry.map((code) => ["industry", code]), ...district.map((code) => ["district", code])]);
  links.push(anchor(`subscribe/?${wanted}`, "用邮件订阅"));
  const rest = Object.keys(others).map((name) => finder.facets.find((facet) => facet.name === name).title);
  notes.push(`邮件按栏目${industry.length ? "、行业" : ""}${district.length ? "、地区" : ""}订${rest.length ? `，还不能按${rest.join("、")}细分` : ""}。`);
  feeds.querySelector("ul").replaceChildren(...links);
  feeds.querySelector("p").textContent = notes.join("");
}

const nameOf = (name, value) => finder.facets.find((facet) => facet.name === name).values.find(([one]) => one === value)[1];

/* What the reader does */

function change(next) {
  filter = next;
  history.pushState(null, "", location.pathname + finder.write(filter));
  show();
}

box.addEventListener("toggle", () => box.open && !finder && open());
for (const one of [form, sort]) one.addEventListener("change", () => finder && change(readForm())); // the order stands beside the results
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  event.preventDefault();
  if (finder) change({ chosen: {}, sort: "newest" });
});
more.addEventListener("click", () => {
  const first = showMore();
  if (first) first.querySelector("a").focus(); // who uses a keyboard goes on where the new ones begin
});
addEventListener("popstate", () => (isAsked() || finder) && open());

if (isAsked()) {
  still.hidden = true;
  found.hidden = false;
  found.classList.add("finder-found--alone");
  open();
}
