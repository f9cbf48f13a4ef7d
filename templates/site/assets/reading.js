/*
 * Reads an entry aloud, sentence by sentence: title, facts and body, and nothing of what is only there to look at or to click.
 *
 * The button is seen only where the browser has a Chinese voice. Pausing ends the speech and remembers the sentence: the
 * browsers' own pause is silent for good on some phones. The sentence being read is marked (CSS Custom Highlights where they
 * are, and a bar beside its block everywhere). The other button prints the page.
 */
(() => {
  "use strict";
  const bar = document.querySelector(".reading");
  const entry = document.querySelector(".entry");
  if (!bar || !entry) return;
  bar.querySelector("[data-print]").addEventListener("click", () => print());
  if (!("speechSynthesis" in window)) return;

  const play = bar.querySelector("[data-read]");
  const stop = bar.querySelector("[data-read-stop]");
  const SKIPPED = ".crumbs, .reading, .toc-inline, .entry-foot, .buttons, .headerlink, .paper, .checklist-count, [aria-hidden=true], [hidden], script, style";
  const BLOCKS = ".facts > div, .headline > li, tr, h1, h2, h3, h4, h5, h6, p, li, summary, figcaption";
  const ENDS = /[^。！？!?；;\n]+[。！？!?；;”’）」』]*\s*/g;

  /** What is read, in order: {block, text, nodes: [[node, start of its text in the block's], …]}. */
  function blocks() {
    const found = [];
    const walker = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest(SKIPPED)) continue;
      const block = parent.closest(BLOCKS);
      if (!block || !entry.contains(block)) continue;
      let last = found[found.length - 1];
      if (!last || last.block !== block) found.push((last = { block, text: "", nodes: [], cell: null }));
      const cell = parent.closest("dt, dd, td, th, strong, span, time");
      if (last.text && cell !== last.cell && block.matches(".facts > div, .headline > li, tr, .entry-head__meta, .entry-head__marks")) last.text += block.matches(".facts > div") && parent.closest("dd") && last.cell?.matches("dt") ? "：" : "，";
      last.nodes.push([node, last.text.length]);
      last.text += node.data;
      last.cell = cell;
    }
    return found;
  }

  /** The place of a character of a block's text in the page. */
  function place(nodes, at) {
    const [node, start] = [...nodes].reverse().find(([, from]) => from <= at) || nodes[0];
    return [node, Math.min(at - start, node.data.length)];
  }

  function sentences() {
    return blocks().flatMap(({ block, text, nodes }) =>
      [...text.matchAll(ENDS)].filter((match) => /[\p{L}\p{N}]/u.test(match[0])).map((match) => {
        const range = document.createRange();
        range.setStart(...place(nodes, match.index));
        range.setEnd(...place(nodes, match.index + match[0].trimEnd().length));
        return { block, range, words: match[0].trim() };
      }));
  }

  let voice = null;
  let queue = [];
  let at = 0;
  let spoken = null; // the utterance whose end counts; those that were cancelled end too

  function mark(sentence) {
    document.querySelectorAll(".is-being-read").forEach((element) => element.classList.remove("is-being-read"));
    CSS.highlights?.delete("reading");
    if (!sentence) return;
    const folded = sentence.block.closest("details:not([open])");
    if (folded && !sentence.block.matches("summary")) folded.open = true;
    sentence.block.classList.add("is-being-read");
    if (CSS.highlights) CSS.highlights.set("reading", new Highlight(sentence.range));
    const box = sentence.range.getBoundingClientRect();
    if (box.top < 90 || box.bottom > innerHeight) sentence.block.scrollIntoView({ block: "center" });
  }

  function show(state) {
    play.textContent = { playing: "暂停", paused: "继续朗读" }[state] || "朗读";
    bar.classList.toggle("is-reading", state !== "idle");
    bar.dataset.state = state;
  }

  function speak() {
    const sentence = queue[at];
    if (!sentence) return end();
    const utterance = new SpeechSynthesisUtterance(sentence.words);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.onend = utterance.onerror = () => {
      if (utterance === spoken) at += 1, speak();
    };
    spoken = utterance;
    mark(sentence);
    speechSynthesis.speak(utterance);
  }

  function hush() {
    spoken = null;
    speechSynthesis.cancel();
  }

  function end() {
    hush();
    at = 0;
    mark(null);
    if (document.activeElement === stop) play.focus(); // the button that had the focus goes
    show("idle");
  }

  play.addEventListener("click", () => {
    const state = bar.dataset.state || "idle";
    if (state === "playing") return hush(), show("paused");
    if (state === "idle") queue = sentences();
    show("playing");
    speak();
  });
  stop.addEventListener("click", end);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar.classList.contains("is-reading")) end();
  });
  addEventListener("pagehide", hush);

  function listen() {
    voice = speechSynthesis.getVoices().find((one) => /^(zh|cmn)\b/i.test(one.lang.replace("_", "-"))) || null;
    bar.classList.toggle("can-read", voice !== null);
  }
  /** Tells the next pages whether to keep room for the button. */
  function remember() {
    try {
      localStorage.setItem("xiyi-voice", voice ? "yes" : "no");
    } catch {
      // then each page keeps the room
    }
  }
  listen();
  addEventListener("load", () => setTimeout(() => (listen(), remember()), 2000));
  speechSynthesis.addEventListener?.("voiceschanged", listen); // most browsers learn their voices late
})();
