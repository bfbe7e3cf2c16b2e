// SPDX-License-Identifier: GPL-3.0-or-later
// Reports in a real browser, wide and light, and on a phone of 320 px in the dark: every sentence of checks.mjs holds,
// without a word on the console and without a request.
//
//     node check.mjs LANGUAGE REPORT.html OUT [LANGUAGE REPORT.html OUT]...
import assert from "node:assert/strict";
import {launch, open} from "./browser.mjs";
import {checks, looks} from "./checks.mjs";

const reports = [];
for (let at = 2; at + 2 < process.argv.length; at += 3)
  reports.push({language: process.argv[at], file: process.argv[at + 1], out: process.argv[at + 2]});
const views = [{width: 1280, height: 900, scheme: "light"}, {width: 320, height: 640, scheme: "dark"}];
let failed = 0, count = 0;

async function run(title, check, {page, faults}, report, view) {
  count++;
  try {
    await check(page, report);
    assert.deepEqual(faults.splice(0), []);
  } catch (error) {
    failed++;
    console.error(`FAILED ${title} (${report.file}, ${view.width} px, ${view.scheme}): ${error.message}`);
  }
}

const browser = await launch();
for (const report of reports) {
  for (const view of views) {
    const opened = await open(browser, report.file, view);
    for (const [title, look] of Object.entries(looks)) await run(title, look, opened, report, view);
    await opened.page.emulateMedia({media: null});
    for (const [title, check] of Object.entries(checks)) {
      await opened.page.reload();
      await run(title, check, opened, report, view);
    }
    await opened.close();
  }
}
await browser.close();
console.log(`${count - failed} of ${count} browser checks passed`);
process.exit(failed || !count ? 1 : 0);
