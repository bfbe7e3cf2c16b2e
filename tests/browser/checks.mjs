// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold for every report in every view, as a table of sentences. A check gets the page and {out, language}:
// the folder in which the results of scenario NAME are NAME and NAME-sweep, and the language asked for.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {bands, parse, series, summary} from "./csv.mjs";

const first = (page, part, what) => page.locator(`#${part} ${what}`).first();

async function visible(page, id) {
  return page.evaluate(key => {
    const chart = Chart.getChart(document.querySelector(`[data-id="${CSS.escape(key)}"] canvas`));
    return chart.data.datasets.filter((_, i) => chart.isDatasetVisible(i)).length;
  }, id);
}

async function download(page, card) {
  const [file] = await Promise.all([page.waitForEvent("download"), card.locator("button.csv").click()]);
  return parse(readFileSync(await file.path(), "utf8"));
}

const close = (a, b, digits) => a === b || Math.abs(a - b) <= Math.abs(b) * 10 ** (1 - digits);

// Every cell of a chart over time: runs to the last bit, quantiles to the nine digits that reports keep.
async function compareCard(page, card, out, name, head) {
  const got = await download(page, card);
  let compared = 0;
  for (let column = 1; column < got.head.length; column++) {
    const {of, variable, level} = head(got.head[column]);
    if (of === "history") continue;
    const run = level ? null : series(`${out}/${of}`, variable), sweep = level ? name.bands[of] : null;
    assert(run || sweep, `${got.head[column]} is in the results`);
    for (const row of got.rows) {
      if (row[column] === "") continue;
      const value = Number(row[column]), time = Number(row[0]);
      const expected = run ? run.get(time) : sweep.get(`${variable} ${time} ${level}`);
      assert(run ? value === expected : close(value, expected, 9), `${got.head[column]} at ${time}: ${value}, not ${expected}`);
      compared++;
    }
    if (run) assert.equal(got.rows.filter(row => row[column] !== "").length, run.size, `${got.head[column]} is whole`);
  }
  return compared;
}

async function compareAll(page, part, out, head) {
  const cases = await page.evaluate(() => report.cases.map(c => c.name));
  const known = {bands: Object.fromEntries(cases.map(name => [name, bands(`${out}/${name}-sweep`)]))};
  const cards = page.locator(`#${part} .card`);
  let compared = 0;
  for (let i = 0; i < await cards.count(); i++) {
    const id = await cards.nth(i).getAttribute("data-id");
    compared += await compareCard(page, cards.nth(i), out, known, heading => head(heading, id));
  }
  assert(compared > 0);
}

const split = heading => { const [, name, level] = heading.match(/^(.*?)(?: (q[\d.]+))?$/); return {name, level}; };

export const checks = {
  async "a legend button hides its curves and shows them again, by mouse and by key"(page) {
    const card = first(page, "trajectories", ".card"), id = await card.getAttribute("data-id");
    const button = card.locator(".legend button").first(), before = await visible(page, id);
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    assert(await visible(page, id) < before);
    await button.press("Enter");
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    assert.equal(await visible(page, id), before);
  },
  async "the mouse shows values, and they are those of the data"(page) {
    const canvas = first(page, "trajectories", "canvas");
    await canvas.hover();
    await page.waitForFunction(() => Chart.getChart(document.querySelector("#trajectories canvas")).tooltip.opacity > 0);
    const [shown, expected] = await canvas.evaluate(c => {
      const chart = Chart.getChart(c), point = chart.tooltip.dataPoints.find(p => p.dataset.role === "line");
      return [chart.tooltip.body.flatMap(b => b.lines).join("\n"),
              new Intl.NumberFormat(report.language, {maximumSignificantDigits: 4}).format(point.raw.y).replaceAll(",", "\u202f")];
    });
    assert(shown.includes(expected), `${shown} has ${expected}`);
  },
  async "arrow keys show and speak values, Escape lets go"(page) {
    const canvas = first(page, "trajectories", "canvas"), readout = first(page, "trajectories", ".readout");
    await canvas.focus();
    await canvas.press("ArrowRight");
    const start = await readout.textContent();
    await canvas.press("ArrowRight");
    assert.match(start, /\d/);
    assert.notEqual(await readout.textContent(), start);
    await canvas.press("Escape");
    assert.equal(await canvas.evaluate(c => Chart.getChart(c).getActiveElements().length), 0);
  },
  async "a downloaded CSV of trajectories holds the numbers of the results"(page, {out}) {
    await compareAll(page, "trajectories", out, (heading, id) => {
      const {name, level} = split(heading);
      return {of: name, variable: id, level};
    });
  },
  async "so does that of what bound"(page, {out}) {
    if (!await page.locator("#bound .card").count()) return;
    await compareAll(page, "bound", out, (heading, id) => {
      const {name, level} = split(heading);
      return {of: id.slice("bound-".length), variable: name, level};
    });
  },
  async "so does that of what matters"(page, {out}) {
    const card = first(page, "matters", ".card");
    if (!await card.count()) return;
    const id = await card.getAttribute("data-id"), got = await download(page, card);
    const [, name, variable, phase] = id.match(/^matters (\S+) (.+) at (\S+)$/);
    const outcome = summary(`${out}/${name}-sweep`).sweep.outcomes
      .find(o => o.policy === name && o.variable === variable && o.phase === phase);
    const strongest = outcome.importance.parameters.map(p => p.rank_correlation).sort((a, b) => Math.abs(b) - Math.abs(a));
    assert(got.rows.length > 0);
    got.rows.forEach((row, i) => assert(Math.abs(Number(row[1]) - strongest[i]) < 1e-4, `${row[0]}: ${row[1]}`));
  },
  async "so does that of the comparison"(page, {out}) {
    const card = first(page, "comparison", ".card");
    if (!await card.count()) return;
    const got = await download(page, card), names = await page.evaluate(() => report.cases.map(c => c.name));
    const labels = await page.evaluate(() => Object.entries(report.columns).map(([name, c]) => [c.label, name]));
    for (const row of got.rows) {
      const variable = new Map(labels).get(row[0].replace(/^'/, ""));
      const last = name => [...series(`${out}/${name}`, variable).values()].at(-1), base = last(names[0]);
      got.head.slice(1).forEach((name, i) => {
        const expected = 100 * (last(name) - base) / Math.abs(base);
        assert(close(Number(row[i + 1]), expected, 12), `${row[0]} under ${name}: ${row[i + 1]}, not ${expected}`);
      });
    }
  },
  async "each chart has a table with the numbers of its curves"(page) {
    const cards = page.locator(".card");
    for (let i = 0; i < await cards.count(); i++) {
      await cards.nth(i).locator("summary").click();
      await cards.nth(i).locator("tbody tr").first().waitFor();
      assert.match(await cards.nth(i).locator("tbody tr").last().textContent(), /\d/);
    }
    const rows = await first(page, "trajectories", ".card").locator("tbody tr").count();
    assert.equal(rows, await page.evaluate(() => {
      const times = report.cases.flatMap(c => [...(c.times || []), ...(c.bandTimes || [])]);
      const history = report.history[report.charts[0]] || [];
      return new Set([...times, ...history.map(p => p[0])]).size;
    }));
  },
  async "a chart can be added and removed"(page) {
    const select = first(page, "trajectories", ".picker select"), cards = page.locator("#trajectories .card");
    if (!await select.count()) return;
    const before = await cards.count();
    await select.selectOption({index: 1});
    assert.equal(await cards.count(), before + 1);
    await cards.last().locator("button", {hasText: "×"}).click();
    assert.equal(await cards.count(), before);
  },
  async "another outcome can be chosen"(page) {
    const select = first(page, "matters", "select");
    if (!await select.count() || await select.locator("option").count() < 2) return;
    await select.selectOption({index: 1});
    const option = await select.locator("option").nth(1).textContent();
    assert((await first(page, "matters", "h3").textContent()).includes(option));
  }
};

// These change nothing, so that they share one opening of the page.
export const looks = {
  async "every chart is drawn"(page) {
    const blank = await page.locator("canvas").evaluateAll(all => all.filter(c => {
      const colors = new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer));
      return colors.size < 8;
    }).map(c => c.getAttribute("aria-label")));
    assert.deepEqual(blank, []);
  },
  async "everything that can be operated has a name, and the page a language and one title"(page, {language}) {
    const nameless = await page.locator("button, select, canvas, a, [tabindex]").evaluateAll(all => all.filter(e =>
      !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length))).length);
    assert.equal(nameless, 0);
    assert.equal(await page.locator("html").getAttribute("lang"), language === "zh" ? "zh-CN" : "en");
    assert.equal(await page.locator("h1").count(), 1);
    const levels = await page.locator("h1, h2, h3").evaluateAll(all => all.map(e => Number(e.tagName[1])));
    levels.forEach((level, i) => assert(i === 0 || level <= levels[i - 1] + 1, "no level of headings is skipped"));
  },
  async "Tab reaches everything that can be operated, and shows where it is"(page) {
    const all = await page.locator("a[href], button, select, summary, [tabindex='0']").evaluateAll(list =>
      list.filter(e => e.checkVisibility() && !e.closest("details:not([open]) > :not(summary)")).length);
    await page.evaluate(() => { document.activeElement.blur(); window.reached = new Set(); });
    for (let i = 0; i <= all + 2; i++) {
      await page.keyboard.press("Tab");
      const bare = await page.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return "";
        window.reached.add(e);
        const style = getComputedStyle(e);
        return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1 ? e.outerHTML.slice(0, 80) : "";
      });
      assert.equal(bare, "", "the focus is seen");
    }
    assert.equal(await page.evaluate(() => window.reached.size), all);
  },
  async "text stands out from its ground, and curves from the paper (WCAG AA)"(page) {
    const low = await page.evaluate(() => {
      const parse = c => c.startsWith("#") ? [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16)) : c.match(/[\d.]+/g).map(Number);
      const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const ratio = (x, y) => { const a = light(parse(x)), b = light(parse(y)); return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); };
      const ground = e => {
        for (; e; e = e.parentElement) {
          const color = getComputedStyle(e).backgroundColor, part = parse(color);
          if (part.length < 4 || part[3] > 0) return color;
        }
        return "rgb(255, 255, 255)";
      };
      const texts = [...document.querySelectorAll("main *, nav *, h1")]
        .filter(e => !["SCRIPT", "OPTION", "NOSCRIPT"].includes(e.tagName) && e.checkVisibility())
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .map(e => [ratio(getComputedStyle(e).color, ground(e)), 4.5, e.className || e.tagName]);
      const named = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      const inks = ["--ink", "--soft"].map(name => [ratio(named(name), named("--paper")), 4.5, name]);
      const curves = [...Array(8).keys()].map(i => [ratio(named(`--c${i}`), named("--paper")), 3, `--c${i}`]);
      return [...texts, ...inks, ...curves].filter(([is, least]) => is < least).map(([is, , who]) => `${who} ${is.toFixed(2)}`);
    });
    assert.deepEqual([...new Set(low)], []);
  },
  async "the page does not scroll sideways"(page) {
    assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  },
  async "nothing moves after the first look"(page) {
    const shift = await page.evaluate(() => new Promise(done => {
      let sum = 0;
      new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value; }))
        .observe({type: "layout-shift", buffered: true});
      setTimeout(() => done(sum), 200);
    }));
    assert(shift < 0.01, `layout shift ${shift}`);
  },
  async "no name became an element"(page) {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main img, main iframe, main b, main i, main u").count(), 0);
    assert.deepEqual(await page.locator("main script").evaluateAll(all => all.map(s => s.textContent.slice(0, 14))
      .filter(s => s !== "reportPart()" && !/^\s*(const report|\/\/ SPDX|\/\*!)/.test(s))), []);
  },
  async "a page in Chinese has no sentence in English"(page, {language}) {
    if (language !== "zh") return;
    const left = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
      for (let n = walker.nextNode(); n; n = walker.nextNode())
        if (!n.parentElement.closest("script, style, code, dd, td") && /[A-Za-z]{3,} [A-Za-z]{2,}/.test(n.data)) found.push(n.data);
      return found;
    });
    assert.deepEqual(left, []);
  },
  async "it prints: tools away, charts on the paper, dark turned light"(page) {
    await page.emulateMedia({media: "print"});
    await page.waitForTimeout(50);
    assert.equal(await page.locator(".tools:visible, nav:visible").count(), 0);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    const pdf = await page.pdf({format: "A4"});
    assert(pdf.length > 20000 && pdf.subarray(0, 5).toString() === "%PDF-");
  }
};
