// SPDX-License-Identifier: GPL-3.0-or-later
// The page parts that are not C, put into the program when it is built: our style sheet and script (sim/report/assets),
// and Chart.js, which draws (libjs-chart.js). Each ends with a NUL.
#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

extern const char assets_css[], assets_doc_css[], assets_js[], assets_chart[];

#endif
