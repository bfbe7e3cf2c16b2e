// SPDX-License-Identifier: GPL-3.0-or-later
// A report in a real browser: it opens without a word on the console and without a request, charts answer to the mouse
// and to the keyboard, legends switch curves, what is downloaded is what stands in the results files, nothing is wider
// than a phone, and names that try to be HTML stay text.
//
//     node check.mjs REPORT.html RUN_FOLDER NAME      (the run of scenario NAME is in RUN_FOLDER)
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {open} from "./browser.mjs";

const [report, folder, name] = process.argv.slice(2);

function readCsv(text) {
  const parse = line => [...line.matchAll(/("((?:[^"]|"")*)"|[^,]*)(,|$)/g)].slice(0, -1 + (line.endsWith(",") ? 1 : 0) || undefined)
    .map(m => m[2] === undefined ? m[1] : m[2].replaceAll('""', '"'));
  const [head, ...rows] = text.trimEnd().split("\n").map(parse);
  return {head, rows};
}

async function visible(page, id) {
  return page.evaluate(key => {
    const chart = Chart.getChart(document.querySelector(`[data-id="${key}"] canvas`));
    return chart.data.datasets.filter((_, i) => chart.isDatasetVisible(i)).length;
  }, id);
}

const checks = {
  async "a legend button hides its curves and shows them again"(page) {
    const card = page.locator("#trajectories .card").first();
    const id = await card.getAttribute("data-id"), button = card.locator(".legend button").first();
    const before = await visible(page, id);
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    assert(await visible(page, id) < before);
    await button.press("Enter");
    assert.equal(await visible(page, id), before);
  },
  async "the mouse shows values"(page) {
    const canvas = page.locator("#trajectories canvas").first();
    await canvas.hover();
    await page.waitForTimeout(100);
    assert(await canvas.evaluate(c => Chart.getChart(c).tooltip.opacity > 0 && Chart.getChart(c).tooltip.body.length > 0));
  },
  async "arrow keys show and speak values"(page) {
    const canvas = page.locator("#trajectories canvas").first();
    await canvas.focus();
    await canvas.press("ArrowRight");
    await canvas.press("ArrowRight");
    assert.match(await page.locator("#trajectories .readout").first().textContent(), /\d/);
  },
  async "a downloaded CSV holds the numbers of run.csv"(page) {
    const run = readCsv(readFileSync(`${folder}/run.csv`, "utf8"));
    const cards = page.locator("#trajectories .card");
    for (let i = 0; i < await cards.count(); i++) {
      const id = await cards.nth(i).getAttribute("data-id");
      const [file] = await Promise.all([page.waitForEvent("download"), cards.nth(i).locator("button.csv").click()]);
      const got = readCsv(readFileSync(await file.path(), "utf8"));
      const column = got.head.indexOf(name), source = run.head.indexOf(id);
      assert(column > 0 && source > 0, `${id} is in both files`);
      const values = new Map(got.rows.map(row => [Number(row[0]), Number(row[column])]));
      for (const row of run.rows) assert.equal(values.get(Number(row[0])), Number(row[source]), `${id} at ${row[0]}`);
    }
  },
  async "each chart has a table, and the table has the numbers"(page) {
    const card = page.locator("#trajectories .card").first();
    await card.locator("summary").click();
    await card.locator("tbody tr").first().waitFor();
    assert(await card.locator("tbody tr").count() > 5);
  },
  async "a chart can be added and removed"(page) {
    const select = page.locator("#trajectories .picker select"), cards = page.locator("#trajectories .card");
    if (!await select.count()) return;
    const before = await cards.count();
    await select.selectOption({index: 1});
    assert.equal(await cards.count(), before + 1);
    await cards.last().locator("button", {hasText: "×"}).click();
    assert.equal(await cards.count(), before);
  },
  async "another outcome can be chosen"(page) {
    const select = page.locator("#matters select").first();
    if (!await select.count() || await select.locator("option").count() < 2) return;
    await select.selectOption({index: 1});
    const option = await select.locator("option").nth(1).textContent();
    assert((await page.locator("#matters h3").first().textContent()).includes(option));
  },
  async "everything that can be operated has a name"(page) {
    const nameless = await page.locator("button, select, canvas, a").evaluateAll(all => all.filter(e =>
      !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length))).length);
    assert.equal(nameless, 0);
  },
  async "text stands out from its ground (WCAG AA)"(page) {
    const low = await page.evaluate(() => {
      const parse = c => c.match(/[\d.]+/g).map(Number);
      const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
      return [...document.querySelectorAll("main *, nav *, h1")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.offsetParent)
        .map(e => { const a = light(parse(getComputedStyle(e).color)), b = light(ground(e)); return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.className || e.tagName]; })
        .filter(([ratio]) => ratio < 4.5).map(([ratio, who]) => `${who} ${ratio.toFixed(2)}`);
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
      setTimeout(() => done(sum), 300);
    }));
    assert(shift < 0.1, `layout shift ${shift}`);
  },
  async "no name became an element"(page) {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
  }
};

const views = [{width: 1280, height: 900, scheme: "light"}, {width: 320, height: 640, scheme: "dark"}];
let failed = 0, count = 0;
for (const view of views) {
  const {page, faults, close} = await open(report, view);
  for (const [title, check] of Object.entries(checks)) {
    count++;
    try {
      await page.reload();
      await check(page);
      assert.deepEqual(faults.splice(0), []);
    } catch (error) {
      failed++;
      console.error(`FAILED ${title} (${view.width} px, ${view.scheme}): ${error.message}`);
    }
  }
  await close();
}
console.log(`${count - failed} of ${count} browser checks passed`);
process.exit(failed ? 1 : 0);
