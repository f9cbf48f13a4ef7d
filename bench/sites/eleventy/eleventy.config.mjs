// Eleventy as its documentation on performance advises: Markdown is not run through a template language first, file names are not
// asked of Git, and each collection is made once here instead of being filtered in templates.
import { rssPlugin } from "@11ty/eleventy-plugin-rss";

const PER_PAGE = 20;
const PER_FEED = 50;

/** Entries in lists of `PER_PAGE` and one feed, for each value that `valuesOf` finds in them. */
function shelves(entries, folder, valuesOf) {
  const rows = new Map();
  for (const entry of entries) {
    for (const value of valuesOf(entry)) {
      if (!rows.has(value)) rows.set(value, []);
      rows.get(value).push(entry);
    }
  }
  return [...rows].map(([title, found]) => ({ title, url: `${folder}${title}/`, entries: found, feed: found.slice(0, PER_FEED) }));
}

function pages(shelf) {
  const count = Math.ceil(shelf.entries.length / PER_PAGE);
  return Array.from({ length: count }, (_, index) => ({
    title: shelf.title,
    number: index + 1,
    count,
    base: shelf.url,
    url: index ? `${shelf.url}page/${index + 1}/` : shelf.url,
    entries: shelf.entries.slice(index * PER_PAGE, (index + 1) * PER_PAGE),
  }));
}

export default function (config) {
  config.addPlugin(rssPlugin);
  config.setUseGitIgnore(false);
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));

  let known;
  const all = (collections) => {
    const entries = collections.getFilteredByGlob("content/*/*.md").sort((a, b) => b.date - a.date);
    known ??= [
      { title: "全部", url: "/", entries, feed: entries.slice(0, PER_FEED) },
      ...shelves(entries, "/", (entry) => [entry.data.section]),
      ...shelves(entries, "/tags/", (entry) => entry.data.topics ?? []),
      ...shelves(entries, "/industries/", (entry) => entry.data.industries ?? []),
    ];
    return known;
  };
  config.on("eleventy.before", () => (known = undefined));
  config.addCollection("shelves", all);
  config.addCollection("lists", (collections) => all(collections).flatMap(pages));

  return {
    dir: { input: ".", includes: "_includes", output: "_site" },
    markdownTemplateEngine: false,
    templateFormats: ["md", "njk"],
  };
}
