# SPDX-License-Identifier: GPL-3.0-or-later
# Where the page parts of reports are: ours beside this file, Chart.js where Debian's libjs-chart.js (or a link to its
# files) puts it. A changed part makes assets.c be compiled again.
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist NO_DEFAULT_PATH)
if(NOT CHART_JS)
  message(FATAL_ERROR "chart.min.js (Chart.js 3) not found: install libjs-chart.js, or give -DCHART_JS=FILE")
endif()
set(parts ${PROJECT_SOURCE_DIR}/sim/report/assets)
set_source_files_properties(sim/report/assets.c PROPERTIES
  COMPILE_DEFINITIONS "ASSET_CSS=\"${parts}/report.css\";ASSET_DOC_CSS=\"${parts}/doc.css\";ASSET_JS=\"${parts}/report.js\";ASSET_CHART=\"${CHART_JS}\""
  OBJECT_DEPENDS "${parts}/report.css;${parts}/doc.css;${parts}/report.js;${CHART_JS}")
