// SPDX-License-Identifier: GPL-3.0-or-later
// Windows' code page 1252, in which older programs of the field write their files, as UTF-8. Bytes that it does not
// define become U+FFFD, the replacement character. Other code pages cannot be told from it by their bytes alone; text
// in GB 2312 gives itself away by its pairs.
#ifndef BASE_CODEPAGE_H
#define BASE_CODEPAGE_H
#include "base/arena.h"

// NUL-terminated, in the arena.
const char *codepage_to_utf8(struct arena *a, const char *bytes, size_t size, size_t *result_size);
// Does the text look like Chinese in GB 2312 or GBK, that is: do bytes beyond ASCII come in pairs, most of them of the
// common characters (level 1)? Western texts have single ones.
bool codepage_looks_chinese(const char *bytes, size_t size);

#endif
