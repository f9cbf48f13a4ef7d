/*
 * The menu of small screens by keyboard and for screen readers.
 *
 * Material opens it with a <label> of a hidden checkbox, which no key reaches. Here a button takes the label's place: Enter
 * and Space open the menu, the first link gets the focus, Esc closes it, and the focus is back where it was. While the menu is
 * closed its links are not there for anyone (site.css). Without JavaScript the label works by touch, and the footer has
 * the links that the menu has.
 */
(() => {
  "use strict";

  const toggle = document.getElementById("__drawer");
  const label = document.querySelector("label.md-header__button[for=__drawer]");
  const menu = document.querySelector(".md-sidebar--primary");
  if (!toggle || !label || !menu) return;

  const opener = document.createElement("button");
  opener.type = "button";
  opener.className = "md-header__button md-icon menu-button";
  opener.setAttribute("aria-label", "菜单");
  opener.append(...label.children);
  label.replaceWith(opener);
  menu.id = menu.id || "menu";
  opener.setAttribute("aria-controls", menu.id);

  function tell() {
    opener.setAttribute("aria-expanded", String(toggle.checked));
  }

  function turn(isOpen) {
    if (toggle.checked === isOpen) return;
    toggle.click();
    if (!isOpen) opener.focus();
  }

  opener.addEventListener("click", () => turn(!toggle.checked));
  toggle.addEventListener("change", () => {
    tell();
    // The links can take the focus once they can be seen.
    if (toggle.checked) requestAnimationFrame(() => requestAnimationFrame(() => menu.querySelector(".md-nav__list a")?.focus()));
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && toggle.checked) turn(false);
  });
  // Leaving the menu by Tab closes it: nothing behind it can be seen.
  menu.addEventListener("focusout", (event) => {
    if (toggle.checked && event.relatedTarget && !menu.contains(event.relatedTarget) && event.relatedTarget !== opener) turn(false);
  });
  tell();
})();
