// SPDX-License-Identifier: GPL-3.0-or-later
// Takes whole files into the program through the assembler. The build says where they are (sim/report/assets.cmake).
#include "report/assets.h"

#define ASSET(name, file)                         \
  __asm__(                                        \
      ".pushsection .rodata\n"                    \
      ".global assets_" #name                     \
      "\n"                                        \
      ".balign 16\n"                              \
      ".type assets_" #name                       \
      ", %object\n"                               \
      "assets_" #name                             \
      ":\n"                                       \
      ".incbin \"" file                           \
      "\"\n"                                      \
      ".byte 0\n"                                 \
      ".size assets_" #name ", . - assets_" #name \
      "\n"                                        \
      ".popsection\n")

ASSET(css, ASSET_CSS);
ASSET(doc_css, ASSET_DOC_CSS);
ASSET(js, ASSET_JS);
ASSET(chart, ASSET_CHART);
