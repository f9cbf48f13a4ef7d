/*
 * What the frame does while a page is read: the page's title in the header once the heading is out of sight, the place in the
 * table of contents, the button that leads back to the top, and answers opened for the printer.
 *
 * Material's own script does this and much that this site has no use for; it looks at the whole page four times before a reader
 * can touch anything. Here only observers watch, which cost nothing until something passes by (docs/adr/0015).
 */
(() => {
  "use strict";

  /* Below the header, and below where a link to a heading leads (--md-scroll-margin, 3.6rem), in pixels. */
  const line = 4 * parseFloat(getComputedStyle(document.documentElement).fontSize);

  /** Calls `told(element, isPassed)` when an element passes the line, upwards or back: as a whole, or with its upper edge. */
  function watch(elements, isWhole, told) {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, intersectionRatio } of entries) told(target, isWhole ? intersectionRatio === 0 : intersectionRatio < 1);
    }, { rootMargin: `-${line}px 0px 99999999px 0px`, threshold: isWhole ? 0 : 1 }); // all that is below the line counts as seen
    for (const element of elements) observer.observe(element);
  }

  const title = document.querySelector("[data-md-component=header-title]");
  const heading = document.querySelector("h1");
  if (title && heading) watch([heading], true, (_, isPassed) => title.classList.toggle("md-header__title--active", isPassed));

  const contents = document.querySelector("[data-md-component=toc]");
  if (contents) {
    const links = new Map();
    for (const link of contents.querySelectorAll("a[href^='#']")) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) links.set(target, link);
    }
    const scroller = contents.closest(".md-sidebar__scrollwrap");
    watch(links.keys(), false, (target, isPassed) => {
      links.get(target).classList.toggle("md-nav__link--passed", isPassed);
      const passed = [...links.values()].filter((link) => link.classList.contains("md-nav__link--passed"));
      for (const link of links.values()) link.classList.toggle("md-nav__link--active", link === passed[passed.length - 1]);
      const active = passed[passed.length - 1];
      if (active && scroller.scrollHeight > scroller.clientHeight) scroller.scrollTop = active.offsetTop - scroller.clientHeight / 2;
    });
  }

  const up = document.querySelector("[data-md-component=top]");
  const header = document.querySelector("[data-md-component=header]");
  if (up) {
    header.tabIndex = -1; // so that the focus can go to the top, too
    let last = 0;
    addEventListener("scroll", () => {
      up.hidden = scrollY >= last || scrollY < innerHeight / 2; // shown to those who go back, as Material does
      last = scrollY;
    }, { passive: true });
    up.addEventListener("click", () => {
      scrollTo({ top: 0 });
      header.focus({ preventScroll: true });
    });
  }

  /* A printed page cannot be opened: what is folded is shown while it is printed. */
  const opened = new Set();
  matchMedia("print").addEventListener?.("change", ({ matches }) => {
    if (matches) for (const details of document.querySelectorAll("details:not([open])")) opened.add(details), (details.open = true);
    else for (const details of opened) opened.delete(details), (details.open = false);
  });
})();
