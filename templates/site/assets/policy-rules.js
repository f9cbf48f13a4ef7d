/* 政策自查的判断：规则、企业情况、日期进，每条规则的结论出。和 publisher/matching/verdict.py、sizes.py 一模一样，
   tests/test_matching_browser.py 用几千个情况对照两边。规则和句子都在 check/rules.json 里，这里没有一条政策、没有一个标准。 */

const ANSWERS = ["maybe", "near", "no"];
const NEAR_MONTHS = 12;
const YUAN = 10000;

/** Everything that rules.json knows of the day and the profile; money in yuan, days in ISO 8601. */
export class Judge {
  constructor(data, today) {
    this.data = data;
    this.today = today;
  }

  /** What becomes of one thing that a policy gives: of its best way, rule by rule. */
  benefit(benefit, profile) {
    if (benefit.until && this.today > benefit.until) return { answer: "no", way: -1, findings: [this.finding("unmet", "past", { day: benefit.until })] };
    const judged = benefit.ways.map((way, at) => this.way(way, at, profile));
    return judged.reduce((best, one) => (compare(rank(one), rank(best)) < 0 ? one : best));
  }

  way(rules, way, profile) {
    const findings = rules.map((rule) => this.rule(rule, profile));
    const near = findings.filter(({ grade }) => grade === "near").length;
    const unmet = findings.filter(({ grade }) => grade === "unmet").length;
    return { answer: near + unmet === 0 ? "maybe" : near === 1 && unmet === 0 ? "near" : "no", way, findings };
  }

  /** One rule; one that quotes nothing is never unmet. */
  rule(rule, profile) {
    const found = TESTS[rule.kind](this, rule, profile);
    if (rule.quote.length || found.grade === "met" || found.grade === "unknown") return found;
    return { grade: "unknown", told: this.data.words.soft };
  }

  finding(grade, word, values = {}) {
    return { grade, told: this.data.words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]) };
  }

  label(kind, value) {
    return this.data.labels[kind][value] || value;
  }

  /** The sizes that an enterprise may have: see sizes.py. */
  sizes(profile) {
    const { names, rows } = this.data.sizes;
    if (profile.size) return [profile.size];
    const row = profile.industry && rows.find(({ codes }) => codes.some((code) => profile.industry.startsWith(code)));
    if (!row) return [];
    let largest = 0;
    let isSure = true;
    for (const [name, limits] of row.limits) {
      const value = profile[name];
      if (value === undefined) {
        isSure = false;
        continue;
      }
      const at = limits.findIndex((limit) => value >= limit);
      largest = Math.max(largest, at < 0 ? limits.length : at);
    }
    return names.slice(largest, isSure ? largest + 1 : undefined);
  }

  /** The row of the table of sizes that an industry belongs to. */
  sizeRow(industry) {
    return this.data.sizes.rows.find(({ codes }) => codes.some((code) => industry.startsWith(code)));
  }

  /** What should be looked at again: one sort of “small” taken for another. */
  hints(profile) {
    return this.data.hints.filter((hint) => {
      const but = this.rule(hint.but, profile).grade;
      return this.rule(hint.if, profile).grade === "met" && (but === "near" || but === "unmet");
    });
  }
}

function rank({ answer, way, findings }) {
  const failing = findings.filter(({ grade }) => grade === "near" || grade === "unmet").length;
  return [ANSWERS.indexOf(answer), failing, findings.filter(({ grade }) => grade === "unknown").length, way];
}

function compare(one, other) {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : one[at] - other[at];
}

const within = (value, codes) => codes.some((code) => value.startsWith(code));

function oneOf(judge, rule, profile) {
  const have = profile[rule.kind];
  if (have === undefined) return judge.finding("unknown", "empty");
  return rule.value.includes(have) ? judge.finding("met", "met") : judge.finding("unmet", "other", { have: judge.label(rule.kind, have) });
}

function industry(judge, rule, { industry: have }) {
  if (have === undefined) return judge.finding("unknown", "empty");
  const isIn = within(have, rule.value);
  if (!isIn && rule.value.some((code) => code.startsWith(have))) return judge.finding("unknown", "coarse");
  return isIn === (rule.test === "in") ? judge.finding("met", "met") : judge.finding("unmet", "other", { have: judge.label("industry", have.slice(0, 2)) });
}

function district(judge, rule, { district: have }) {
  if (have === undefined) return judge.finding("unknown", "empty");
  return within(have, rule.value) ? judge.finding("met", "met") : judge.finding("unmet", "other", { have: judge.label("district", have) });
}

function size(judge, rule, profile) {
  const sizes = judge.sizes(profile);
  if (!sizes.length) return judge.finding("unknown", profile.industry ? "no-size" : "empty");
  const allowed = sizes.filter((one) => rule.value.includes(one));
  if (allowed.length === sizes.length) return judge.finding("met", "met");
  const have = sizes.map((one) => judge.label("size", one)).join("或");
  if (allowed.length) return judge.finding("unknown", "size-open", { have });
  const place = (one) => judge.data.sizes.names.indexOf(one);
  const isNear = sizes.some((one) => rule.value.some((other) => Math.abs(place(one) - place(other)) === 1));
  return judge.finding(isNear ? "near" : "unmet", isNear ? "size-near" : "size", { have });
}

function number(judge, rule, profile) {
  const { kind, value: limit } = rule;
  const have = profile[kind];
  if (have === undefined) return judge.finding("unknown", "empty");
  const gap = rule.test === "max" ? have - limit : limit - have;
  if (gap <= 0) return judge.finding("met", "met");
  const isNear = gap * 5 <= limit || (kind === "staff" && gap === 1);
  const [show, unit] = kind === "staff" ? [String, "人"] : [showMoney, "万元"];
  return judge.finding(isNear ? "near" : "unmet", rule.test === "max" ? "over" : "under", { have: show(have), gap: show(gap), unit });
}

function founded(judge, rule, { founded: have }) {
  const { test, value } = rule;
  if (have === undefined) return judge.finding("unknown", "empty");
  if (test === "from" || test === "until") return (test === "from" ? have >= value : have <= value) ? judge.finding("met", "met") : judge.finding("unmet", "founded", { have });
  const day = addMonths(have, value);
  if (test === "months-max") return judge.today <= day ? judge.finding("met", "met") : judge.finding("unmet", "late", { day });
  if (day <= judge.today) return judge.finding("met", "met");
  return judge.finding(day <= addMonths(judge.today, NEAR_MONTHS) ? "near" : "unmet", "wait", { day });
}

function stated(judge, rule, profile) {
  const have = (profile.stated || {})[rule.value];
  if (have === undefined) return judge.finding("unknown", "check");
  return have ? judge.finding("met", "met") : judge.finding("near", "stated-no");
}

const TESTS = {
  subject: oneOf,
  taxpayer: oneOf,
  "small-low-profit": oneOf,
  industry,
  "excluded-industry": industry,
  district,
  size,
  staff: number,
  sales: number,
  founded,
  stated,
};

/** The same day some months later, or the last of its month where there is none. */
export function addMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const place = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(place / 12), place % 12];
  if (toYear > 9999) return "9999-12-31";
  const last = new Date(Date.UTC(2000, toMonth + 1, 0)).getUTCDate();
  const isLeap = toYear % 4 === 0 && (toYear % 100 !== 0 || toYear % 400 === 0);
  const days = toMonth === 1 ? (isLeap ? 29 : 28) : last;
  return [String(toYear).padStart(4, "0"), String(toMonth + 1).padStart(2, "0"), String(Math.min(date, days)).padStart(2, "0")].join("-");
}

/** Yuan in units of 10,000, without needless zeros. */
export function showMoney(yuan) {
  const rest = yuan % YUAN;
  return rest ? `${(yuan - rest) / YUAN}.${String(rest).padStart(4, "0")}`.replace(/0+$/, "") : String(yuan / YUAN);
}

/** What a reader writes in units of 10,000 yuan, as yuan; nothing when it is no such number. */
export function readMoney(text) {
  const match = /^(\d{1,11})(?:\.(\d{1,4}))?$/.exec(text.trim());
  return match ? Number(match[1]) * YUAN + Number((match[2] || "").padEnd(4, "0")) : undefined;
}
