// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the pictures that a person looks at before a report is called done: light, dark, phone, 4k, print.
//
//     node shots.mjs REPORT.html FOLDER
import {mkdirSync} from "node:fs";
import {launch, open} from "./browser.mjs";

const [report, folder] = process.argv.slice(2);
mkdirSync(folder, {recursive: true});
const views = [
  {name: "light", width: 1280, height: 900, scheme: "light"},
  {name: "dark", width: 1280, height: 900, scheme: "dark"},
  {name: "phone", width: 320, height: 640, scheme: "light"},
  {name: "phone-dark", width: 390, height: 844, scheme: "dark"},
  {name: "4k", width: 3840, height: 2160, scheme: "light"},
];
const browser = await launch();
for (const view of views) {
  const {page, close} = await open(browser, report, view);
  await page.screenshot({path: `${folder}/${view.name}.png`, fullPage: true});
  for (const id of ["summary", "trajectories", "comparison", "matters", "bound", "scorecard", "made"]) {
    const section = page.locator(`#${id}`);
    if (await section.count()) await section.screenshot({path: `${folder}/${view.name}-${id}.png`});
  }
  await close();
}
const {page} = await open(browser, report, {width: 1280, height: 900, scheme: "dark"});
await page.emulateMedia({media: "print", colorScheme: "dark"});
await page.pdf({path: `${folder}/print.pdf`, format: "A4", printBackground: true});
await browser.close();
