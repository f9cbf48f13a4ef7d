// A function, since Markdown files have no template language here in which a permalink could be written.
export default { layout: "entry.njk", permalink: ({ section, page }) => `/${section}/${page.fileSlug}/` };
