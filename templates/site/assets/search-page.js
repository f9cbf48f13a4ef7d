/*
 * The search page: the query and the filters stand in the address, so that a search can be shared; results come a few at a time.
 */
import { Results, Search, resultOnPage, showCount } from "./search-results.js";

const page = document.querySelector("[data-search-page]");
const form = page.querySelector("form");
const input = form.elements.q;
const filters = [...form.querySelectorAll("select")];
const told = page.querySelector("[data-search-told]");
const list = page.querySelector("[data-search-found]");
const more = page.querySelector("[data-search-more]");
const none = page.querySelector("[data-search-none]");
const unfilter = page.querySelector("[data-search-unfilter]");
const base = new URL("../", form.action);
const search = new Search(new URL("search/", base));

/** Results until “更多”, how many are fetched at a time while the reader comes near the last, and a pause in typing in milliseconds. */
const ROUND = 20;
const PART = 5;
const PAUSE = 200;

let asking = 0;
let now = null; // {words, names, labelled: [[hit, label]], round: {results, shown, goal, isFilling}}

function readAddress() {
  const address = new URLSearchParams(location.search);
  input.value = address.get("q") || "";
  for (const filter of filters) offer(filter, address.get(filter.name) || "");
}

function writeAddress() {
  const address = new URLSearchParams();
  for (const field of [input, ...filters]) if (field.value.trim()) address.set(field.name, field.value.trim());
  const words = address.toString();
  history.replaceState(null, "", words ? `?${words}` : location.pathname);
  document.title = document.title.replace(/^(“.*” - )?/, input.value.trim() ? `“${input.value.trim()}” - ` : "");
}

/** Let a filter have a value that is not among its options yet. */
function offer(filter, value) {
  if (value && ![...filter.options].some((option) => option.value === value)) filter.add(new Option(value, value));
  filter.value = value;
}

async function ask() {
  const question = ++asking;
  const query = input.value.trim();
  writeAddress();
  if (!query) return clear("");
  told.textContent = "正在搜索…";
  try {
    const { words, hits } = await search.find(query);
    const labels = hits.length ? await Promise.all(hits.map((hit) => search.label(hit))) : [];
    const { names } = await search.contents();
    if (question !== asking) return;
    if (!words.length) return clear("请写一个字或数字");
    now = { words, labelled: hits.map((hit, at) => [hit, labels[at]]), names };
    await narrow();
  } catch {
    if (question === asking) clear("搜索没有连上，请检查网络后再试");
  }
}

function clear(words) {
  now = null;
  list.replaceChildren();
  told.textContent = words;
  none.hidden = more.parentElement.hidden = true;
}

const fits = (label, but) => filters.every((filter) => filter === but || !filter.value || label[filter.name].includes(filter.value));

/** Apply the filters: what is shown, and what each would show. */
async function narrow() {
  const hits = now.labelled.filter(([, label]) => fits(label)).map(([hit]) => hit);
  form.querySelector("fieldset").hidden = !now.labelled.length;
  filters.forEach(count);
  now.round = { results: new Results(search, now.words, hits), shown: 0, goal: ROUND, isFilling: false };
  list.replaceChildren();
  told.textContent = showCount(hits.length) + (hits.length < now.labelled.length ? `（不筛选有${now.labelled.length}条）` : "");
  none.hidden = hits.length > 0;
  unfilter.hidden = !now.labelled.length;
  await fill();
}

/** The options of a filter, each with how many entries it would leave. */
function count(filter) {
  const counts = new Map();
  let total = 0;
  for (const [, label] of now.labelled) {
    if (!fits(label, filter)) continue;
    total++;
    for (const value of label[filter.name]) counts.set(value, (counts.get(value) || 0) + 1);
  }
  const chosen = filter.value;
  if (chosen && !counts.has(chosen)) counts.set(chosen, 0);
  const names = now.names[filter.name] || {};
  const order = Object.keys(names);
  const values = [...counts.keys()].sort((a, b) => (order.length ? order.indexOf(a) - order.indexOf(b) : b.localeCompare(a)));
  const options = values.map((value) => new Option(`${names[value] || value}（${counts.get(value)}）`, value));
  filter.replaceChildren(new Option(`全部（${total}）`, ""), ...options);
  filter.value = chosen;
}

/** Fetch results until the reader has enough below what is in view, or the round is full. */
async function fill() {
  const { round, words } = now;
  while (!round.isFilling && round.shown < round.goal && !round.results.isDone && isNear()) {
    round.isFilling = true;
    try {
      const some = await round.results.next(Math.min(PART, round.goal - round.shown));
      if (!now || round !== now.round) return;
      list.append(...some.map((result) => resultOnPage(result, words, search, base)));
      round.shown += some.length;
    } finally {
      round.isFilling = false;
    }
  }
  more.parentElement.hidden = round.results.isDone || round.shown < round.goal;
}

const isNear = () => list.getBoundingClientRect().bottom < innerHeight + 100;

let pause = 0;
input.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  ask();
});
for (const filter of filters) filter.addEventListener("change", () => (writeAddress(), now && narrow().catch(() => clear("搜索没有连上，请检查网络后再试"))));
unfilter.querySelector("button").addEventListener("click", () => {
  for (const filter of filters) filter.value = "";
  ask();
  input.focus();
});
more.addEventListener("click", async () => {
  const last = list.lastElementChild;
  now.round.goal += ROUND;
  more.parentElement.hidden = true;
  await fill();
  const next = last && last.nextElementSibling;
  if (next) next.querySelector("a").focus(); // who uses a keyboard goes on where the new ones begin
});
const moreInView = () => now && fill().catch(() => clear("搜索没有连上，请检查网络后再试"));
addEventListener("scroll", moreInView, { passive: true });
list.addEventListener("focusin", moreInView);
addEventListener("popstate", () => (readAddress(), ask()));

readAddress();
if (input.value) ask();
else input.focus({ preventScroll: true });
