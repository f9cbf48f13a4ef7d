/* 政策自查页：读问题的答案，记在网址的 # 后面（不发给服务器），用 policy-rules.js 判断，把结果写出来。 */

import { Judge, readMoney } from "./policy-rules.js";

const root = document.querySelector("[data-check]");
const form = root.querySelector("[data-check-form]");
const told = root.querySelector("[data-check-told]");
const sizes = root.querySelector("[data-check-sizes]");
const found = root.querySelector("[data-check-found]");
const site = new URL("../", new URL(root.dataset.rules, location.href));

const MONEY = ["revenue", "assets", "sales"];
const PLAIN = ["subject", "industry", "taxpayer", "small-low-profit", "district"];
/** The headings of the three groups, and whether their rules are shown at once. */
const GROUPS = { maybe: "可能适用，需核实", near: "差一点", no: "不适用" };
const GRADES = { met: "符合", unknown: "待核实", near: "差一点", unmet: "不符合" };
/** Live regions are read out when writing pauses, not at each key. */
const PAUSE = 400;

const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

/** An element with words, never with HTML. */
function make(name, words, className) {
  const element = document.createElement(name);
  if (words) element.textContent = words;
  if (className) element.className = className;
  return element;
}

/** What stands in the form, by the names of its fields; what is empty is left out. */
function answers() {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()).map(([name, value]) => [name, value.trim()]));
}

/** The profile that rules are held against; fields that hold no number are told. */
function profileOf(given) {
  const profile = { stated: {} };
  const faulty = [];
  for (const [name, value] of given) {
    if (PLAIN.includes(name)) profile[name] = value;
    else if (name === "founded") /^\d{4}-\d{2}-\d{2}$/.test(value) && (profile.founded = value);
    else if (name.startsWith("s-")) profile.stated[name.slice(2)] = value === "yes";
    else {
      const number = MONEY.includes(name) ? readMoney(value) : /^\d{1,9}$/.test(value) ? Number(value) : undefined;
      if (number === undefined) faulty.push(name);
      else profile[name] = number;
    }
  }
  return { profile, faulty };
}

/** Put answers into the form. */
function fill(given) {
  form.reset();
  for (const [name, value] of given) {
    for (const field of [...form.elements].filter((one) => one.name === name)) {
      if (field.type !== "radio") field.value = value;
      else if (field.value === value) field.checked = true;
    }
  }
  if ([...given.keys()].some((name) => name.startsWith("s-"))) form.querySelector("details").open = true;
}

let data = null;
let pause = 0;

function show() {
  const given = answers();
  const words = given.toString();
  history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search);
  const { profile, faulty } = profileOf(given);
  for (const name of ["staff", ...MONEY]) form.elements[name].setAttribute("aria-invalid", String(faulty.includes(name)));
  const focused = document.activeElement && found.contains(document.activeElement) ? document.activeElement.textContent : "";
  if (!words || !data) {
    found.replaceChildren();
    sizes.replaceChildren();
    return tell(data ? "先答第一题，结果就出来。" : "正在取条件…");
  }
  const judge = new Judge(data, today());
  const judged = data.policies.flatMap((policy) => policy.benefits.map((benefit) => ({ policy, benefit, result: judge.benefit(benefit, profile) })));
  sizes.replaceChildren(...smalls(judge, profile));
  const groups = Object.keys(GROUPS).map((answer) => [answer, judged.filter(({ result }) => result.answer === answer)]);
  found.replaceChildren(...groups.filter(([, rows]) => rows.length).map(([answer, rows]) => group(answer, rows)));
  const fault = faulty.length ? `有${faulty.length}个数没有看懂，请只写数字。` : "";
  tell(fault + groups.map(([answer, rows]) => `${answer === "maybe" ? "可能适用" : GROUPS[answer]}${rows.length}项`).join("，") + "。");
  if (focused) [...found.querySelectorAll("a, summary")].find((element) => element.textContent === focused)?.focus();
}

/** Say it once the reader pauses. */
function tell(words) {
  clearTimeout(pause);
  pause = setTimeout(() => (told.textContent = words), told.textContent.startsWith("先答") || !told.textContent ? 0 : PAUSE);
}

/** The three ways of being small, side by side and apart; and what looks as if one was taken for another. */
function smalls(judge, profile) {
  const possible = judge.sizes(profile);
  const row = profile.industry && judge.sizeRow(profile.industry);
  const label = (kind) => (profile[kind] === undefined ? "您没有填" : `您填的是${judge.label(kind, profile[kind])}`);
  const size = possible.length === judge.data.sizes.names.length ? "填的数还不够，哪一档都可能" : possible.length
    ? `按您填的数${possible.length > 1 ? "可能" : ""}是${possible.map((one) => judge.label("size", one)).join("或")}（${row ? row.name : "统计上的划型"}）`
    : profile.industry ? "这个行业不在划型标准里，或者要看更细的分类" : "填了行业、人数和收入就能算";
  const list = make("dl", "", "facts");
  for (const [name, words] of [["划型（统计）", size], ["小型微利企业（企业所得税）", label("small-low-profit")], ["小规模纳税人（增值税）", label("taxpayer")]]) {
    const line = make("div", "", "facts__wide");
    line.append(make("dt", name), make("dd", words));
    list.append(line);
  }
  return [list, ...judge.hints(profile).map((hint) => make("p", hint.says, "note note--closing"))];
}

function group(answer, rows) {
  const section = make("section", "", `check__group check__group--${answer}`);
  const list = make("ul", "", "plain check__benefits");
  list.append(...rows.map(item));
  section.append(make("h3", `${GROUPS[answer]}（${rows.length}项）`), list);
  return section;
}

/** One thing that a policy gives: what, how, until when, and each condition with the words that say so. */
function item({ policy, benefit, result }) {
  const entry = make("li", "", "check__benefit");
  const title = make("h4");
  const link = make("a", benefit.name);
  link.href = new URL(policy.url, site);
  title.append(link);
  entry.append(title, make("p", `${policy.title}（${policy.number}）`, "fine"), make("p", benefit.gives));
  const failing = result.findings.map((finding, at) => ({ finding, at })).filter(({ finding: { grade } }) => grade === "near" || grade === "unmet");
  if (failing.length) {
    const why = failing.map(({ finding, at }) => (result.way < 0 ? finding.told : `${benefit.ways[result.way][at].says}——${finding.told}`)).join("；");
    entry.append(make("p", (result.answer === "near" ? "差在：" : "因为：") + why + (benefit.ways.length > 1 ? `。另外${benefit.ways.length - 1}种情况也不符合` : "") + "。", "check__why"));
  }
  entry.append(make("p", `怎么办：${benefit.how}。${benefit.until ? `到${benefit.until}为止。` : ""}`));
  if (result.way >= 0) entry.append(conditions(benefit.ways[result.way], result.findings, result.answer));
  return entry;
}

function conditions(rules, findings, answer) {
  const details = make("details", "", "check__conditions");
  details.open = answer !== "no";
  const list = make("ul", "", "plain");
  rules.forEach((rule, at) => {
    const { grade, told: words } = findings[at];
    const line = make("li", "", `check__rule check__rule--${grade}`);
    const head = make("p");
    head.append(make("strong", GRADES[grade], "status"), ` ${rule.says}`, words === GRADES[grade] ? "" : `（${words}）`);
    line.append(head);
    for (const [article, text] of rule.quote) line.append(make("blockquote", `${article}：${text}`, "check__quote"));
    if (!rule.quote.length) line.append(make("blockquote", "以原文为准", "check__quote"));
    list.append(line);
  });
  details.append(make("summary", "条件和原文"), list);
  return details;
}

const read = () => new URLSearchParams(location.hash.slice(1));
form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", () => (fill(read()), show()));
root.querySelector("[data-check-look]").addEventListener("click", () => {
  const heading = root.querySelector("#result");
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
});
root.querySelector("[data-check-print]").addEventListener("click", () => print());

document.querySelector("[data-check-table]").open = false; // with the questions at work the long table is a second way
if (location.hash.length > 1) fill(read()); // else what was answered before this script came stays
fetch(root.dataset.rules)
  .then((response) => {
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  })
  .then((rules) => {
    data = rules;
    show();
  })
  .catch(() => tell("条件没有取到，请检查网络后再打开一次；也可以看下面的条件一览表。"));
