// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a local file in headless Chromium with a profile of its own, and collects what must not happen: messages on the
// console, errors of scripts, requests to anywhere but the file.
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export async function open(file, {width = 1280, height = 900, scheme = "light"} = {}) {
  const {chromium: driver} = await import("playwright-core");
  const profile = mkdtempSync(join(tmpdir(), "simulate-browser-"));
  const context = await driver.launchPersistentContext(profile, {
    executablePath: chromium, headless: true, acceptDownloads: true, viewport: {width, height}, colorScheme: scheme,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]
  });
  const faults = [];
  const url = pathToFileURL(resolve(file)).href;
  const page = await context.newPage();
  page.on("console", m => faults.push(`console ${m.type()}: ${m.text()}`));
  page.on("pageerror", e => faults.push(`script: ${e.message}`));
  page.on("request", r => { if (r.url() !== url && !/^(data|blob):/.test(r.url())) faults.push(`request: ${r.url()}`); });
  await page.goto(url);
  const close = async () => { await context.close(); rmSync(profile, {recursive: true, force: true}); };
  return {page, faults, close};
}
