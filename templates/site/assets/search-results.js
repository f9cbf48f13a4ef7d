/*
 * Results into elements of the page. Whatever comes from the index is put in as text, never as HTML.
 */
import { Results, Search, excerpt, mark } from "./search-index.js";

export { Results, Search };

/** How many were found, in words that are read out too. */
export const showCount = (count) => (count ? `找到${count.toLocaleString("zh-CN")}条` : "没有找到。少写几个字，或换个说法试试");

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const marked = (pieces) => pieces.map(({ words, isMark }) => (isMark ? element("mark", "", words) : words));

/** The address of an entry, which is only ever one of this site. */
function address(record, base) {
  const url = new URL(record.url, base);
  return url.href.startsWith(base.href) ? url.href : base.href;
}

const dates = (record) => element("p", "card__dates", element("span", "", element("time", "", record.day), "发布"));

function marks(record) {
  const line = element("p", "card__marks", element("span", "card__kind", record.kindLabel));
  if (record.statusLabel) line.append(element("span", `status status--${record.status.replace(/[^a-z-]/g, "")}`, record.statusLabel));
  return line;
}

/** A result in the header's box. */
export function resultInBox({ record }, words, search, base) {
  const link = element("a", "md-search-result__link");
  link.href = address(record, base);
  const article = element("article", "md-search-result__article md-typeset");
  article.append(
    element("h2", "search-title", ...marked(mark(record.title, words, search.traditional))),
    element("p", "search-note", [record.kindLabel, record.statusLabel, record.day].filter(Boolean).join("　")),
    element("p", "", ...marked(excerpt(record, words, search.traditional, 60)))
  );
  link.append(article);
  return element("li", "md-search-result__item", link);
}

/** A result on the search page: a card as lists have them. */
export function resultOnPage({ record, isLoose }, words, search, base) {
  const link = element("a", "", ...marked(mark(record.title, words, search.traditional)));
  link.href = address(record, base);
  const card = element("li", "card");
  card.append(
    element("h2", "card__title", link),
    marks(record),
    element("p", "card__summary", ...marked(excerpt(record, words, search.traditional))),
    dates(record)
  );
  if (isLoose) card.append(element("p", "search-note", "这些字都有，但没有连在一起"));
  return card;
}
