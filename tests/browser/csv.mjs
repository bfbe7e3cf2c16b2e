// SPDX-License-Identifier: GPL-3.0-or-later
// What results folders hold, read without help from the program under test.
import {existsSync, readFileSync} from "node:fs";

export function parse(text) {
  const rows = [[]];
  for (const [, cell, quoted, end] of text.matchAll(/("((?:[^"]|"")*)"|[^,\n]*)(,|\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? cell : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  const full = rows.filter(row => row.length > 1 || row[0]);
  return {head: full[0], rows: full.slice(1)};
}

// Map time -> value of a variable of a run; null when it was not saved.
export function series(folder, name) {
  if (!existsSync(`${folder}/run.csv`)) return null;
  const run = parse(readFileSync(`${folder}/run.csv`, "utf8")), column = run.head.indexOf(name);
  return column < 0 ? null : new Map(run.rows.map(row => [Number(row[0]), Number(row[column])]));
}

// Map "variable time statistic" -> value of a sweep.
export function bands(folder) {
  if (!existsSync(`${folder}/sweep.csv`)) return null;
  const values = new Map();
  for (const line of readFileSync(`${folder}/sweep.csv`, "utf8").split("\n").slice(1)) {
    const [, variable, time, statistic, value] = line.split(",");
    values.set(`${variable} ${Number(time)} ${statistic}`, Number(value));
  }
  return values;
}

export const summary = folder => JSON.parse(readFileSync(`${folder}/summary.json`, "utf8"));
