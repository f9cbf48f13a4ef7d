/*
 * What must be right before the first paint: the reader's look (长辈版, size of text, light or dark) and how many days are left.
 *
 * Loaded in <head> without defer, so that no page flashes in another size and nothing moves. A page as it was built says
 * nothing that is only true on one day; what depends on today is told here, by the reader's clock in Asia/Shanghai.
 * Without JavaScript the buttons are not shown and dates stand alone.
 */
(() => {
  "use strict";

  /* The reader's look: {elder: bool, text: 1 | 2 | 3, scheme: "default" (light), "slate" (dark) or "" (as the device has it)}. */
  const KEY = "xiyi-look";
  const root = document.documentElement;
  const SCHEMES = ["default", "slate"];
  /* Whether there is a choice of schemes: a site with one only has it in its pages. */
  const hasSchemes = "schemes" in document.currentScript.dataset;
  const isDark = matchMedia("(prefers-color-scheme: dark)");

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) || {};
      return { elder: kept.elder === true, text: [2, 3].includes(kept.text) ? kept.text : 1, scheme: SCHEMES.includes(kept.scheme) ? kept.scheme : "" };
    } catch {
      return { elder: false, text: 1, scheme: "" }; // storage is off, or holds what we did not write
    }
  }

  function keep(look) {
    try {
      localStorage.setItem(KEY, JSON.stringify(look));
    } catch {
      // then it holds for this page only
    }
  }

  /** "no" when this browser was found to have no Chinese voice: then reading.js's row takes no room. */
  function voice() {
    try {
      return localStorage.getItem("xiyi-voice") || "";
    } catch {
      return "";
    }
  }

  let look = load();

  /** The scheme of the device, and the other one. */
  const ofDevice = () => SCHEMES[Number(isDark.matches)];
  const other = (scheme) => SCHEMES[1 - SCHEMES.indexOf(scheme)];

  function showScheme() {
    const scheme = look.scheme || ofDevice();
    root.dataset.mdColorScheme = scheme;
    for (const button of document.querySelectorAll("[data-scheme-switch]")) button.setAttribute("aria-label", button.querySelector(`[data-scheme="${scheme}"]`).title);
  }

  function show() {
    if (hasSchemes) showScheme();
    root.dataset.text = String(look.text);
    if (look.elder) root.dataset.look = "elder";
    else delete root.dataset.look;
    for (const button of document.querySelectorAll("[data-elder-switch]")) button.setAttribute("aria-pressed", String(look.elder));
    for (const button of document.querySelectorAll("[data-text-step]")) button.setAttribute("aria-pressed", String(Number(button.dataset.textStep) === look.text));
  }

  root.classList.replace("no-js", "has-early");
  root.dataset.voice = voice();
  show();
  addEventListener("DOMContentLoaded", show);
  addEventListener("pageshow", (event) => {
    if (event.persisted) look = load(), show(); // back to a page that was left in another look
  });
  addEventListener("storage", (event) => {
    if (event.key === KEY) look = load(), show();
  });
  isDark.addEventListener?.("change", show);
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-elder-switch], [data-text-step], [data-scheme-switch]");
    if (!button) return;
    if ("elderSwitch" in button.dataset) {
      look = { ...look, elder: !look.elder, text: 1 };
    } else if ("textStep" in button.dataset) {
      look = { ...look, text: Number(button.dataset.textStep) };
    } else {
      const scheme = other(look.scheme || ofDevice());
      look = { ...look, scheme: scheme === ofDevice() ? "" : scheme }; // what the device has goes on following it
    }
    keep(look);
    show();
  });

  /* Days: elements that write their words while the page is read, before it is painted. */
  const DAY = 86400000;
  const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
  const count = (day) => Math.round((Date.parse(day.slice(0, 10)) - Date.parse(today())) / DAY);

  /** 还剩38天, 明天截止; with what="start" 明天, 15天后. */
  function words(days, isStart) {
    if (days < 0) return isStart ? "已过" : "已截止";
    const near = ["今天", "明天", "后天"][days];
    if (isStart) return near || `${days}天后`;
    return near ? `${near}截止` : `还剩${days}天`;
  }

  customElements.define("days-left", class extends HTMLElement {
    connectedCallback() {
      const days = count(this.getAttribute("until") || "");
      if (Number.isNaN(days)) return;
      this.textContent = words(days, this.getAttribute("what") === "start");
      this.classList.toggle("is-near", days >= 0 && days <= 7);
      this.classList.toggle("is-over", days < 0);
    }
  });

  customElements.define("today-date", class extends HTMLElement {
    connectedCallback() {
      const [year, month, day] = today().split("-").map(Number);
      this.textContent = `今天 ${year}年${month}月${day}日 星期${"日一二三四五六"[new Date(today()).getUTCDay()]}`;
    }
  });
})();
