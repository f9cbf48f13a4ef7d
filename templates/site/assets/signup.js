/*
 * What a finder's “订阅这个筛选” brings in the address (?kind=policy&industry=62) is carried on: into the form as hidden fields, which the
 * service shows to be changed and confirmed, or into the letter as its lines. Without this script the reader chooses there.
 */

const LINES = new Map([["kind", "栏目"], ["tag", "主题"], ["industry", "行业"], ["district", "地区"]]);
/** No value of ours has other letters or more of them; whatever else an address brings is left behind. */
const VALUE = /^[\p{Script=Han}\w-]{1,40}$/u;

const asked = [...new URLSearchParams(location.search)].filter(([name, value]) => LINES.has(name) && VALUE.test(value)).slice(0, 60);

for (const signup of asked.length ? document.querySelectorAll("[data-signup]") : []) {
  const form = signup.querySelector("form");
  const letter = signup.querySelector("a[href^='mailto:']");
  if (form) {
    for (const [name, value] of asked) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
  }
  if (letter) {
    letter.href = [...LINES].reduce((href, [name, words]) => {
      const values = asked.filter(([one]) => one === name).map(([, value]) => value);
      return href.replace(encodeURIComponent(`${words}：`), encodeURIComponent(`${words}：${values.join("、")}`));
    }, letter.href);
  }
  const carried = signup.querySelector("[data-carried]");
  carried.textContent = `已经带上刚才的筛选（${[...new Set(asked.map(([name]) => LINES.get(name)))].join("、")}），${form ? "下一步" : "在信里"}可以改。`;
  carried.hidden = false;
}
