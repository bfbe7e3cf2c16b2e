// SPDX-License-Identifier: GPL-3.0-or-later
// Opens local files in headless Chromium, each view with a profile of its own, and collects what must not happen:
// messages on the console, errors of scripts, requests to anywhere but the file.
import {existsSync} from "node:fs";
import {resolve} from "node:path";
import {pathToFileURL} from "node:url";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export async function launch() {
  const {chromium} = await import("playwright-core");
  return chromium.launch({
    executablePath, headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync"]
  });
}

export async function open(browser, file, {width = 1280, height = 900, scheme = "light"} = {}) {
  const context = await browser.newContext({acceptDownloads: true, viewport: {width, height}, colorScheme: scheme, reducedMotion: "reduce"});
  const page = await context.newPage(), faults = [], url = pathToFileURL(resolve(file)).href;
  page.on("console", m => faults.push(`console ${m.type()}: ${m.text()}`));
  page.on("pageerror", e => faults.push(`script: ${e.message}`));
  page.on("request", r => { if (r.url() !== url && !/^(data|blob):/.test(r.url())) faults.push(`request: ${r.url()}`); });
  page.setDefaultTimeout(30000);
  await page.goto(url);
  return {page, faults, close: () => context.close()};
}
