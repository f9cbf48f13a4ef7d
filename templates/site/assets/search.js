/*
 * The search box in the header. It opens by a click, by f, s or /, and closes by Esc; arrows walk through the results, Enter in the box
 * goes to the search page. The index and what asks it are fetched when the box is opened, not before.
 */
const box = document.querySelector("[data-search-box]");
const toggle = document.getElementById("__search");
const input = box.querySelector("input");
const told = box.querySelector("[role=status]");
const list = box.querySelector("ol");
const all = box.querySelector("[data-search-all]");
const base = new URL("../", import.meta.url);

/** How many results the box shows, and how long a reader may pause while typing, in milliseconds. */
const SHOWN = 6;
const PAUSE = 120;

let asking = 0; // the last question; answers to older ones come too late
let tools = null;

function load() {
  tools = tools || import("./search-results.js").then((module) => ({ ...module, search: new module.Search(new URL("search/", base)) }));
  tools.catch(() => (tools = null));
  return tools;
}

function open() {
  toggle.checked = true;
  input.focus();
  load().then(({ search }) => search.contents()).catch(() => {});
}

function close() {
  toggle.checked = false;
  if (box.contains(document.activeElement)) document.activeElement.blur();
}

async function ask() {
  const question = ++asking;
  const query = input.value.trim();
  all.href = new URL(`search/?q=${encodeURIComponent(query)}`, base);
  if (!query) return show(question, [], "输入文字开始搜索");
  try {
    const { search, Results, showCount, resultInBox } = await load();
    const { words, hits } = await search.find(query);
    if (question !== asking) return;
    const some = await new Results(search, words, hits).next(SHOWN);
    const items = some.map((result) => resultInBox(result, words, search, base));
    show(question, items, words.length ? showCount(hits.length) : "请写一个字或数字");
  } catch {
    show(question, [], "搜索没有连上，请检查网络后再试");
  }
}

function show(question, items, words) {
  if (question !== asking) return;
  if (list.contains(document.activeElement)) input.focus(); // what had the focus goes; Esc and the arrows work on
  list.replaceChildren(...items);
  told.textContent = words;
  all.parentElement.hidden = !items.length;
}

/** From one result to the next, the box before the first and the last link after them. */
function walk(step) {
  const stops = [input, ...list.querySelectorAll("a"), ...(all.parentElement.hidden ? [] : [all])];
  const at = stops.indexOf(document.activeElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
}

let pause = 0;
input.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE);
});
input.addEventListener("focus", open);
box.querySelector("form").addEventListener("reset", () => setTimeout(() => (ask(), input.focus())));
toggle.addEventListener("change", () => toggle.checked && document.activeElement !== input && open());
document.querySelector("[data-search-open]").addEventListener("click", (event) => {
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (!isTyping && ["f", "s", "/"].includes(event.key)) {
    event.preventDefault();
    open();
  } else if (toggle.checked && event.key === "Escape") {
    close();
  } else if (toggle.checked && box.contains(event.target) && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  }
});
box.addEventListener("focusout", (event) => {
  // Tab leads out of the box: it closes, as a menu does. A click beside it falls on the overlay, which closes it too.
  if (event.relatedTarget && !box.contains(event.relatedTarget)) close();
});
