// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the charts of a report from the object `report` (written by page_data.c) with Chart.js. One idea: a chart is a
// specification {title, unit, groups: [{label, color, lines, bands, points}]}; from it come the drawing, the legend's
// buttons, the table under it and the CSV, so that all four say the same. Text enters the page as text nodes only.
"use strict";
(() => {
  const text = report.text;
  const root = document.documentElement;
  const shown = new Intl.NumberFormat(report.language, {maximumSignificantDigits: 4});
  const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4], [1, 2], [6, 2, 1, 2]];
  const cards = [];

  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const number = value => value === null || value === undefined || Number.isNaN(value) ? "–" : shown.format(value).replaceAll(",", "\u202f");
  const percent = share => `${Number((100 * share).toPrecision(4))} %`;

  const filled = (pattern, ...values) => pattern.replace(/%s/g, () => values.shift());

  function faded(hex, alpha) {
    const part = at => parseInt(hex.slice(at, at + 2), 16);
    return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${alpha})`;
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const zip = (times, values) => times.map((t, i) => ({x: t, y: values[i]}));

  // Bands of a variable from the outside in, and its median.
  function sweepParts(of, name) {
    const quantiles = of.bands && of.bands[name];
    if (!quantiles) return {bands: [], median: null};
    const bands = [], last = quantiles.length - 1;
    for (let i = 0; i < last - i; i++)
      bands.push({label: filled(text.js_band, percent(of.levels[i]), percent(of.levels[last - i])),
                  levels: [of.levels[i], of.levels[last - i]],
                  low: zip(of.bandTimes, quantiles[i]), high: zip(of.bandTimes, quantiles[last - i])});
    const middle = of.levels.indexOf(0.5);
    return {bands, median: middle < 0 ? null : zip(of.bandTimes, quantiles[middle])};
  }

  function caseGroup(of, number_, name) {
    const values = of.series && of.series[name];
    const {bands, median} = sweepParts(of, name);
    const lines = [];
    if (values) lines.push({label: of.title, key: of.name, points: zip(of.times, values)});
    if (median) lines.push({label: `${of.title}, ${text.js_median}`, key: `${of.name} q50`, points: median, thin: !!values});
    return {label: of.title, key: of.name, color: `--c${number_ % 8}`, dash: dashes[number_ % 8], lines, bands};
  }

  function trajectory(name) {
    const column = report.columns[name];
    const groups = report.cases.map((of, i) => caseGroup(of, i, name)).filter(g => g.lines.length || g.bands.length);
    const history = report.history[name];
    if (history)
      groups.push({label: text.js_history, key: "history", color: "--ink", dash: [], lines: [], bands: [],
                   points: history.map(([x, y, recalled]) => ({x, y, recalled: !!recalled}))});
    return {id: name, title: column.label, unit: column.unit, groups};
  }

  function boundOf(of) {
    const names = report.limits;
    const groups = names.map((name, i) => {
      const group = caseGroup(of, i, name);
      const label = report.columns[name].label;
      for (const line of group.lines) line.label = line.thin ? `${label}, ${text.js_median}` : label;
      for (const line of group.lines) line.key = line.thin ? `${name} q50` : name;
      return {...group, label, key: name};
    }).filter(g => g.lines.length || g.bands.length);
    return {id: `bound-${of.name}`, title: of.title, unit: "", groups, limit: 1};
  }

  // Phases as shaded ground with their names on top: whole, short, or, where those do not fit, as numbers, which the text
  // above the charts explains.
  const phaseGround = {
    id: "phaseGround",
    beforeDatasetsDraw(chart) {
      if (!chart.options.plugins.phaseGround.on) return;
      const {ctx, chartArea: area, scales: {x}} = chart;
      ctx.save();
      ctx.font = `${0.92 * Chart.defaults.font.size}px ${getComputedStyle(document.body).fontFamily}`;
      ctx.textBaseline = "top";
      const spans = report.phases.map((phase, i) => ({names: [phase.label, phase.short, String(i + 1)],
        from: Math.max(x.getPixelForValue(phase.start), area.left), to: Math.min(x.getPixelForValue(phase.end), area.right)}));
      const fits = at => spans.every(span => ctx.measureText(span.names[at]).width <= span.to - span.from - 8);
      const length = [0, 1].find(fits) ?? 2;
      spans.forEach((span, i) => {
        ctx.fillStyle = color("--phase");
        if (i % 2 === 0) ctx.fillRect(span.from, area.top, span.to - span.from, area.bottom - area.top);
        ctx.fillStyle = color("--soft");
        ctx.fillText(span.names[length], span.from + 4, area.top + 3);
      });
      ctx.restore();
    }
  };

  function bandDatasets(group, tint) {
    const sets = [];
    group.bands.forEach((band, i) => {
      const common = {group: group.key, pointRadius: 0, pointHitRadius: 0, borderWidth: 0, borderColor: "transparent"};
      sets.push({...common, label: band.label, data: band.low, role: "low", band, fill: false, order: 30 - i});
      sets.push({...common, label: band.label, data: band.high, role: "high", fill: "-1",
                 backgroundColor: faded(tint, i === 0 ? 0.13 : 0.2), order: 30 - i});
    });
    return sets;
  }

  function groupDatasets(group) {
    const tint = color(group.color);
    const sets = bandDatasets(group, tint);
    for (const line of group.lines)
      sets.push({group: group.key, label: line.label, data: line.points, role: "line", borderColor: tint, backgroundColor: tint,
                 borderWidth: line.thin ? 1 : 2.2, borderDash: line.thin ? [1, 3] : group.dash, pointRadius: 0, order: 5});
    if (group.points)
      sets.push({group: group.key, label: group.label, data: group.points, role: "points", showLine: false, order: 1,
                 borderColor: tint, pointRadius: 3, pointBorderWidth: 1.2, pointStyle: "circle",
                 pointBackgroundColor: group.points.map(p => p.recalled ? color("--paper") : tint)});
    return sets;
  }

  // A year of the calendar needs no unit.
  const moment = time => report.start >= 1000 && /^y/.test(report.timeUnit) ? String(time) : `${time} ${report.timeUnit}`;

  function tooltipLine(item) {
    const set = item.dataset;
    if (set.role === "low")
      return `${set.label}: ${number(set.data[item.dataIndex].y)} – ${number(set.band.high[item.dataIndex].y)}`;
    const mark = set.role === "points" && item.raw.recalled ? ` (${text.js_recalled})` : "";
    return `${set.label}: ${number(item.raw.y)}${mark}`;
  }

  // Room around the curves, which may not suggest that something positive could fall below zero.
  function extent(spec) {
    const lines = spec.groups.flatMap(g => [...g.lines.map(l => l.points), ...g.bands.flatMap(b => [b.low, b.high]), g.points || []]);
    const values = lines.flat().map(p => p.y).filter(y => Number.isFinite(y));
    const least = values.reduce((a, b) => Math.min(a, b), Infinity), most = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const room = 0.06 * (most - least);
    const low = least >= 0 ? Math.max(0, least - room) : least - room;
    return values.length ? {suggestedMin: spec.limit ? Math.min(0, low) : low, suggestedMax: Math.max(spec.limit || -Infinity, most + room)} : {};
  }

  function axes(spec) {
    const common = {grid: {color: color("--grid"), borderColor: color("--line"), tickLength: 4}, ticks: {color: color("--soft")}};
    return {
      x: {...common, type: "linear", min: report.start, max: report.stop,
          ticks: {...common.ticks, maxRotation: 0, autoSkipPadding: 14, callback: v => String(v)},
          grid: {...common.grid, display: false}},
      y: {...common, ...extent(spec),
          ticks: {...common.ticks, maxTicksLimit: 7, callback: v => number(v)}}
    };
  }

  function tooltipStyle() {
    return {backgroundColor: color("--sheet"), titleColor: color("--ink"), bodyColor: color("--ink"),
            borderColor: color("--soft"), borderWidth: 1, padding: 8, boxPadding: 4};
  }

  function lineConfig(spec, hidden) {
    return {
      type: "line",
      data: {datasets: spec.groups.flatMap(groupDatasets).map(set => ({...set, hidden: hidden.has(set.group)}))},
      options: {
        animation: false, maintainAspectRatio: false, normalized: true,
        interaction: {mode: "nearest", axis: "x", intersect: false},
        scales: axes(spec),
        plugins: {
          legend: {display: false}, phaseGround: {on: true},
          tooltip: {...tooltipStyle(), filter: item => item.dataset.role !== "high",
                    callbacks: {title: items => items.length ? moment(items[0].raw.x) : "", label: tooltipLine,
                                labelColor: item => ({borderColor: item.dataset.role === "low" ? "transparent" : item.dataset.borderColor,
                                                      backgroundColor: item.dataset.role === "low"
                                                        ? faded(color(spec.groups.find(g => g.key === item.dataset.group).color), .3)
                                                        : item.dataset.borderColor})}}
        }
      },
      plugins: [phaseGround]
    };
  }

  function barConfig(spec) {
    const tints = spec.groups.map(g => color(g.color));
    const common = {grid: {color: color("--grid"), borderColor: color("--line")}, ticks: {color: color("--soft")}};
    return {
      type: "bar",
      data: {labels: spec.labels,
             datasets: spec.groups.map((g, i) => ({label: g.label, maxBarThickness: 30, group: g.key, data: g.values, hidden: spec.hidden.has(g.key),
               backgroundColor: spec.signed ? g.values.map(v => color(v < 0 ? "--c1" : "--c0")) : tints[i]}))},
      options: {
        animation: false, maintainAspectRatio: false, indexAxis: "y", interaction: {mode: "nearest", axis: "y", intersect: false},
        scales: {x: {...common, ...(spec.range && {min: spec.range[0], max: spec.range[1]}),
                     ticks: {...common.ticks, ...(spec.range && {stepSize: spec.range[1] / 2}), maxRotation: 0, callback: v => number(v)}},
                 y: {...common, grid: {display: false},
                     ticks: {color: color("--ink"), autoSkip: false, crossAlign: "far",
                             callback(v) { return wrapped(this.getLabelForValue(v), this.chart.width < 480 ? 17 : 30); }}}},
        plugins: {legend: {display: false}, phaseGround: {on: false},
                  tooltip: {...tooltipStyle(), callbacks: {label: item => `${item.dataset.label}: ${number(item.raw)}${spec.suffix || ""}`}}}
      }
    };
  }

  // A label in at most two lines, the second cut where it has no room; the table below has it whole.
  function wrapped(label, width) {
    const wide = text_ => [...text_].reduce((n, c) => n + (c > "⺀" ? 2 : 1), 0);
    const cut = line => wide(line) <= width ? line : `${[...line].filter((_, i, all) => wide(all.slice(0, i + 1)) < width).join("")}…`;
    const lines = [""];
    for (const part of label.match(/[⺀-￿][，。、；：）》”]*|[^⺀-￿\s]+\s*/gu) || []) {
      const last = lines.length - 1;
      if (last === 0 && lines[0] && wide(lines[0] + part.trimEnd()) > width) lines.push(part);
      else lines[last] += part;
    }
    return lines.map(line => cut(line.trimEnd()));
  }

  // The columns of a line chart over the union of its times.
  function tableOf(spec) {
    if (spec.labels)
      return {head: [spec.axis, ...spec.groups.map(g => g.label)], keys: [spec.axis, ...spec.groups.map(g => g.key)],
              rows: spec.labels.map((label, i) => [label, ...spec.groups.map(g => g.values[i])])};
    const columns = [];
    for (const group of spec.groups) {
      for (const line of group.lines) columns.push({head: line.label, key: line.key, points: line.points});
      for (const band of group.bands)
        for (const [side, points] of [[0, band.low], [1, band.high]])
          columns.push({head: `${group.label}, ${percent(band.levels[side])}`,
                        key: `${group.key} q${Number((100 * band.levels[side]).toPrecision(12))}`, points});
      if (group.points) columns.push({head: group.label, key: group.key, points: group.points});
    }
    const maps = columns.map(c => new Map(c.points.map(p => [p.x, p.y])));
    const times = [...new Set(columns.flatMap(c => c.points.map(p => p.x)))].sort((a, b) => a - b);
    return {head: [text.js_time, ...columns.map(c => c.head)], keys: ["time", ...columns.map(c => c.key)],
            rows: times.map(t => [t, ...maps.map(m => m.has(t) ? m.get(t) : null)])};
  }

  function cell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function download(spec) {
    const {keys, rows} = tableOf(spec);
    const lines = [keys, ...rows].map(row => row.map(cell).join(",")).join("\n") + "\n";
    const link = element("a", {href: URL.createObjectURL(new Blob([lines], {type: "text/csv"})),
                               download: `${spec.id.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "")}.csv`});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function htmlTable(spec) {
    const {head, rows} = tableOf(spec);
    const number_ = spec.labels ? number : (v, i) => i === 0 ? String(v) : number(v);
    const body = rows.map(row => element("tr", {}, element("th", {scope: "row"}, spec.labels ? row[0] : number_(row[0], 0)),
      ...row.slice(1).map(v => element("td", {class: "number"}, number(v)))));
    return element("div", {class: "table", tabindex: 0, role: "region", "aria-label": spec.title},
      element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h, i) =>
        element("th", i ? {scope: "col", class: "number"} : {scope: "col"}, h)))), element("tbody", {}, ...body)));
  }

  function legend(spec, hidden, redraw) {
    return element("div", {class: "legend"}, ...spec.groups.map(group => {
      const swatch = element("span", {class: group.points ? "swatch dot" : "swatch", "aria-hidden": "true"});
      swatch.style.borderColor = `var(${group.color})`;
      if (group.dash && group.dash.length) swatch.style.borderTopStyle = group.dash[0] > 2 ? "dashed" : "dotted";
      const button = element("button", {type: "button", "aria-pressed": "true"}, swatch, group.label);
      button.addEventListener("click", () => {
        const on = hidden.has(group.key);
        if (on) hidden.delete(group.key); else hidden.add(group.key);
        button.setAttribute("aria-pressed", String(on));
        redraw();
      });
      return button;
    }));
  }

  // Arrow keys walk along the chart; what they show is also spoken.
  function keyboard(canvas, readout, chartOf) {
    let at = -1;
    canvas.addEventListener("keydown", event => {
      const move = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      const chart = chartOf();
      const sets = chart.data.datasets.map((set, i) => ({set, i})).filter(({set, i}) => chart.isDatasetVisible(i) && set.role !== "points");
      if (event.key === "Escape") at = -1;
      if ((!move && event.key !== "Escape") || !sets.length) return;
      event.preventDefault();
      const count = sets[0].set.data.length;
      if (move) at = at < 0 ? (move > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, at + move));
      const active = at < 0 ? [] : sets.filter(({set}) => at < set.data.length).map(({i}) => ({datasetIndex: i, index: at}));
      chart.setActiveElements(active);
      chart.tooltip.setActiveElements(active, {x: 0, y: 0});
      chart.update("none");
      readout.textContent = [...(chart.tooltip.title || []), ...(chart.tooltip.body || []).flatMap(b => b.lines)].join("; ");
    });
  }

  // A chart with its legend, tools and table. `make` gives the specification anew, since a choice may change it.
  function card(place, make, options = {}) {
    const hidden = new Set();
    let spec = make(), chart = null;
    const title = element("h3"), canvas = element("canvas", {tabindex: 0, role: "img"});
    const readout = element("output", {class: "readout", "aria-live": "polite"});
    const csv = element("button", {type: "button", class: "csv"}, text.js_csv);
    const tools = element("div", {class: "tools"}, csv);
    const details = element("details", {}, element("summary", {}, text.js_table));
    const made = element("article", {class: options.wide ? "card wide" : "card", "data-id": spec.id});
    const plot = element("div", {class: options.tall ? "plot tall" : "plot"}, canvas, readout);
    let buttons = element("div");

    function draw() {
      if (chart) chart.destroy();
      Chart.defaults.font.size = 0.75 * parseFloat(getComputedStyle(root).fontSize);
      canvas.setAttribute("aria-label", spec.unit ? `${spec.title}, ${spec.unit}` : spec.title);
      chart = new Chart(canvas, spec.labels ? barConfig({...spec, hidden}) : lineConfig(spec, hidden));
    }
    function fillTable() {
      while (details.children.length > 1) details.lastChild.remove();
      if (details.open) details.append(htmlTable(spec));
    }
    function refresh() {
      spec = make();
      hidden.clear();
      title.replaceChildren(spec.title, ...(spec.unit ? [" ", element("span", {class: "unit"}, spec.unit)] : []));
      const next = spec.groups.length > 1 || spec.groups.some(g => g.bands) ? legend(spec, hidden, draw) : element("div", {class: "legend"});
      buttons.replaceWith(next);
      buttons = next;
      made.dataset.id = spec.id;
      draw();
      fillTable();
    }
    csv.addEventListener("click", () => download(spec));
    details.addEventListener("toggle", fillTable);
    if (options.removable) {
      const remove = element("button", {type: "button", "aria-label": `${text.js_remove}: ${spec.title}`}, "×");
      remove.addEventListener("click", () => { chart.destroy(); cards.splice(cards.indexOf(self), 1); made.remove(); });
      tools.append(remove);
    }
    made.append(element("header", {}, title, tools), ...(options.controls || []), buttons, plot, details);
    place.append(made);
    const self = {draw, refresh, resize: (...size) => chart.resize(...size), height: options.tall ? 340 : 260, width: options.wide ? 900 : 440};
    cards.push(self);
    keyboard(canvas, readout, () => chart);
    refresh();
    return self;
  }

  function choice(label, options) {
    const select = element("select", {}, ...options.map(([value, name]) => element("option", {value}, name)));
    return {select, label: element("label", {}, `${label} `, select)};
  }

  function trajectories(place) {
    for (const name of report.charts) card(place, () => trajectory(name), {removable: true});
    const others = report.order.filter(name => !report.charts.includes(name));
    if (!others.length) return;
    const {select, label} = choice(text.js_add, [["", "–"], ...others.map(name => [name, report.columns[name].label])]);
    const picker = element("div", {class: "picker"}, label);
    place.prepend(picker);
    select.addEventListener("change", () => {
      const name = select.value;
      if (name) card(place, () => trajectory(name), {removable: true});
      select.value = "";
    });
  }

  // The indicators that differ most from the first scenario at the end.
  function comparison(place) {
    const first = report.cases[0];
    const others = report.cases.map((of, i) => [of, i]).filter(([of, i]) => i && of.series);
    const last = (of, name) => of.series && of.series[name] ? of.series[name][of.series[name].length - 1] : null;
    const change = (of, name) => {
      const base = last(first, name), value = last(of, name);
      return base === null || value === null || Math.abs(base) < 1e-9 ? null : 100 * (value - base) / Math.abs(base);
    };
    const names = report.order.filter(name => report.columns[name].kind === "indicator" && others.some(([of]) => change(of, name) !== null));
    const size = name => Math.max(...others.map(([of]) => Math.abs(change(of, name) ?? 0)));
    // One thing against two benchmarks changes twice by the same share: it is shown once.
    const sorted = names.filter(name => !report.limits.includes(name)).sort((a, b) => size(b) - size(a));
    const most = sorted.filter((name, i) => i === 0 || Math.abs(size(name) - size(sorted[i - 1])) > 1e-6).slice(0, 12);
    if (!most.length) return;
    card(place, () => ({id: "comparison", title: text.comparison, unit: "", axis: text.indicator, suffix: " %",
      labels: most.map(name => report.columns[name].label), signed: others.length === 1,
      groups: others.map(([of, i]) => ({label: of.title, key: of.name, color: `--c${i % 8}`, values: most.map(name => change(of, name))}))}),
      {tall: true, wide: true});
  }

  function matters(place) {
    const sets = report.cases.map((of, i) => report.matters.filter(m => m.case === i)).filter(list => list.length);
    for (const list of sets) {
      const {select, label} = choice(text.js_outcome, list.map((m, i) => [i, m.outcome]));
      const of = report.cases[list[0].case];
      const made = card(place, () => {
        const m = list[select.value || 0], most = Math.ceil(5 * Math.abs(m.bars[0][1])) / 5;
        return {id: `matters ${of.name} ${m.id}`, title: filled(text.js_of, of.title, m.outcome), unit: "", axis: text.js_parameter, signed: true,
                labels: m.bars.map(b => b[0]), range: [-most, most],
                groups: [{label: text.js_judged, key: "rank_correlation", color: "--c0", values: m.bars.map(b => b[1])}]};
      }, {tall: true, controls: [element("div", {class: "picker"}, label)]});
      select.addEventListener("change", made.refresh);
    }
  }

  function bound(place) {
    for (const of of report.cases) {
      const spec = boundOf(of);
      if (spec.groups.length) card(place, () => spec);
    }
  }

  // Called by the small script behind each place.
  const parts = {trajectories, comparison, matters, bound};
  window.reportPart = () => {
    const place = document.currentScript.previousElementSibling;
    parts[place.dataset.part](place);
  };

  const redraw = () => cards.forEach(c => c.draw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper has a size of its own, and no dark: the charts are drawn anew when the medium changes.
  const print = () => cards.forEach(c => { c.draw(); c.resize(c.width, c.height); });
  matchMedia("print").addEventListener("change", event => event.matches ? print() : redraw());
  addEventListener("beforeprint", print);
  addEventListener("afterprint", redraw);
})();
