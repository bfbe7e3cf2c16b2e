// SPDX-License-Identifier: GPL-3.0-or-later
// See page.h. The order of the page: summary, scorecards, trajectories, comparison, what matters, what bound, how it
// was made.
#include "report/page.h"

#include <string.h>

#include "output/file.h"
#include "report/assets.h"
#include "report/page_parts.h"
#include "report/say.h"

void page_parts_element(struct page *p, const char *element, const char *class, const char *text) {
  text_printf(p->out, class ? "<%s class=\"%s\">" : "<%s>", element, class);
  words_put_html(p->out, text);
  text_printf(p->out, "</%.*s>", (int)strcspn(element, " "), element);
}

void page_parts_head(struct text *out, enum language language, const char *title, const char *style, bool scripts) {
  text_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
              language == LANGUAGE_ZH ? "zh-CN" : "en");
  text_printf(out,
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; %sstyle-src 'unsafe-inline'; "
              "img-src data: blob:; base-uri 'none'; form-action 'none'\">\n",
              scripts ? "script-src 'unsafe-inline'; " : "");
  text_puts(out,
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<meta name=\"generator\" content=\"simulate " SIMULATE_VERSION "\">\n<title>");
  words_put_html(out, title);
  text_puts(out, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n");
  text_puts(out, assets_css);
  if (style) text_puts(out, style);
  text_puts(out, "</style>\n</head>\n<body>\n");
}

static void put_head(struct page *p) {
  const char *title = messages_label(p->o->language, p->b->model_title);
  page_parts_head(p->out, p->o->language, PAGE_FORMAT(p, title, title), NULL, true);
  text_puts(p->out, "<a class=\"skip\" href=\"#summary\">");
  words_put_html(p->out, PAGE_TEXT(p, skip));
  text_puts(p->out, "</a>\n<header>\n");
  page_parts_element(p, "h1", NULL, title);
}

struct section {
  const char *id;
  enum word heading;
  bool there;
};

static bool has_influences(const struct bundle *b) {
  for (size_t i = 0; i < b->cases.count; i++) {
    const struct bundle_sweep *s = b->cases.items[i].sweep;
    for (size_t k = 0; s && k < s->outcomes.count; k++)
      if (s->outcomes.items[k].influences.count) return true;
  }
  return false;
}

static bool has_bounds(const struct bundle *b) {
  for (size_t i = 0; i < b->cases.count; i++) {
    const struct bundle_run *r = b->cases.items[i].run;
    for (size_t k = 0; r && k < r->table->columns; k++)
      if (bundle_is_limit(b, r->table->names[k])) return true;
  }
  return false;
}

static size_t count_runs(const struct bundle *b) {
  size_t count = 0;
  for (size_t i = 0; i < b->cases.count; i++) count += b->cases.items[i].run != NULL;
  return count;
}

enum { SUMMARY, SCORECARD, TRAJECTORIES, COMPARISON, MATTERS, BOUND, MADE, SECTIONS };

static void put_navigation(struct page *p, const struct section *sections) {
  text_puts(p->out, "<nav><ul>\n");
  for (size_t i = 0; i < SECTIONS; i++) {
    if (!sections[i].there) continue;
    text_printf(p->out, "<li><a href=\"#%s\">", sections[i].id);
    words_put_html(p->out, words_text(p->o->language, sections[i].heading));
    text_puts(p->out, "</a></li>\n");
  }
  text_puts(p->out, "</ul></nav>\n</header>\n<main>\n");
}

static void begin_section(struct page *p, const struct section *s, const char *about) {
  text_printf(p->out, "<section id=\"%s\">\n", s->id);
  page_parts_element(p, "h2", NULL, words_text(p->o->language, s->heading));
  if (about) page_parts_element(p, "p", "about", about);
  text_puts(p->out, "\n");
}

static void put_summary(struct page *p, const struct section *s) {
  const struct say_sentences *said = say_summary(p->a, p->b, p->o->language);
  begin_section(p, s, NULL);
  text_puts(p->out, "<ul class=\"sentences\">\n");
  for (size_t i = 0; i < said->items.count; i++) {
    page_parts_element(p, "li", said->items.items[i].warning ? "warning" : NULL, said->items.items[i].text);
    text_puts(p->out, "\n");
  }
  text_puts(p->out, "</ul>\n</section>\n");
}

// A place with a script behind it that fills it at once: nothing below is there yet, so that nothing moves.
static void put_place(struct page *p, const char *part) {
  text_printf(p->out, "<div class=\"charts\" data-part=\"%s\"></div>\n<script>reportPart()</script>\n", part);
}

// What the grounds of charts mean: their names do not always fit into a chart.
static void put_phases(struct page *p) {
  const struct bundle_run *r = bundle_phased(p->b);
  const char *list = NULL;
  for (size_t i = 0; r && i < r->phases.count; i++) {
    const struct bundle_phase *phase = &r->phases.items[i];
    const char *label = messages_label(p->o->language, phase->label), *from = words_time(p->a, phase->start);
    const char *item = PAGE_FORMAT(p, phase_item, i + 1, label, from, words_time(p->a, phase->end));
    list = list ? arena_format(p->a, "%s%s%s", list, PAGE_TEXT(p, semicolon), item) : item;
  }
  if (list) page_parts_element(p, "p", "about", PAGE_FORMAT(p, phases, list));
}

static void put_charts(struct page *p, const struct section *s, const char *about, bool over_time) {
  begin_section(p, s, about);
  if (over_time) put_phases(p);
  text_printf(p->out, "<noscript><p>%s</p></noscript>\n", PAGE_TEXT(p, noscript));
  put_place(p, s->id);
  text_puts(p->out, "</section>\n");
}

static void put_scorecard(struct page *p, const struct section *s) {
  begin_section(p, s, PAGE_TEXT(p, judgement));
  page_tables_scorecards(p);
  text_puts(p->out, "</section>\n");
}

static void put_comparison(struct page *p, const struct section *s) {
  const struct bundle_case *first = &p->b->cases.items[0];
  const char *at = words_time(p->a, p->b->stop), *name = say_title(first, p->o->language);
  begin_section(p, s, PAGE_FORMAT(p, comparison_about, at, name));
  put_place(p, "comparison");
  page_tables_comparison(p);
  text_puts(p->out, "</section>\n");
}

static void put_made(struct page *p, const struct section *s) {
  begin_section(p, s, PAGE_TEXT(p, made_about));
  page_tables_made(p);
  text_puts(p->out, "</section>\n");
}

static const char *trajectories_about(struct page *p) {
  return p->o->history ? PAGE_FORMAT(p, history_from, p->o->history_path) : NULL;
}

// Before the places that they fill.
static void put_scripts(struct page *p) {
  text_puts(p->out, "<script>\n");
  text_puts(p->out, assets_chart);
  text_puts(p->out, "\n</script>\n<script>\nconst report = ");
  page_data_put(p);
  text_puts(p->out, ";\n</script>\n<script>\n");
  text_puts(p->out, assets_js);
  text_puts(p->out, "</script>\n");
}

static void put_body(struct page *p) {
  bool compared = p->b->cases.count > 1 && count_runs(p->b) > 1 && p->b->cases.items[0].run;
  const struct section sections[SECTIONS] = {[SUMMARY] = {"summary", WORD_summary, true},
                                             [SCORECARD] = {"scorecard", WORD_scorecard, count_runs(p->b) > 0},
                                             [TRAJECTORIES] = {"trajectories", WORD_trajectories, true},
                                             [COMPARISON] = {"comparison", WORD_comparison, compared},
                                             [MATTERS] = {"matters", WORD_matters, has_influences(p->b)},
                                             [BOUND] = {"bound", WORD_bound, has_bounds(p->b)},
                                             [MADE] = {"made", WORD_made, true}};
  put_navigation(p, sections);
  put_scripts(p);
  put_summary(p, &sections[SUMMARY]);
  if (sections[SCORECARD].there) put_scorecard(p, &sections[SCORECARD]);
  put_charts(p, &sections[TRAJECTORIES], trajectories_about(p), true);
  if (compared) put_comparison(p, &sections[COMPARISON]);
  if (sections[MATTERS].there) put_charts(p, &sections[MATTERS], PAGE_TEXT(p, matters_about), false);
  if (sections[BOUND].there) put_charts(p, &sections[BOUND], PAGE_TEXT(p, bound_about), true);
  put_made(p, &sections[MADE]);
}

static void put_page(struct page *p) {
  put_head(p);
  put_body(p);
  text_puts(p->out, "</main>\n</body>\n</html>\n");
}

bool page_write(struct arena *a, const char *path, const struct bundle *b, const struct page_options *o,
                struct diag *diag) {
  struct text out = {0};
  struct page page = {.a = a, .out = &out, .b = b, .o = o};
  if (!page_data_choose(&page, diag)) return false;
  jmp_buf *outer = a->oom, here;
  if (setjmp(here)) {
    a->oom = outer;
    text_free(&out);
    arena_fail(a);
  }
  a->oom = &here;
  put_page(&page);
  if (out.failed) arena_fail(a);
  bool good = file_write(a, path, out.data, out.size, diag);
  a->oom = outer;
  text_free(&out);
  return good;
}
