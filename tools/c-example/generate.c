/* Goes on from a prompt with the bundled model, compiled into this program:
   generate PROMPT [MODEL.gguf] */

#include "bard.h"

#include <stdio.h>
#include <string.h>

enum { most_tokens = 256, to_generate = 24 };

/* A token's text is short; a longer one would be cut here. */
static void print_tokens(const ignis_model *model, const int32_t *tokens,
                         size_t count) {
  char text[4096];
  size_t size = 0;
  if (ignis_detokenize(model, tokens, count, text, sizeof text, &size, NULL) ==
      IGNIS_OK)
    fwrite(text, 1, size < sizeof text ? size : sizeof text, stdout);
}

static ignis_status generate(ignis_model *model, const char *prompt,
                             ignis_error *error) {
  int32_t tokens[most_tokens];
  size_t count = 0;
  ignis_status status = ignis_tokenize(model, prompt, strlen(prompt), true,
                                       tokens, most_tokens, &count, error);
  if (status == IGNIS_OK && count > most_tokens)
    count = most_tokens;
  if (status == IGNIS_OK) {
    print_tokens(model, tokens, count);
    status = ignis_feed(model, tokens, count, error);
  }
  for (int i = 0; status == IGNIS_OK && i < to_generate; ++i) {
    int32_t token = 0;
    status = ignis_sample(model, &token, error);
    if (status != IGNIS_OK || ignis_is_end(model, token))
      break;
    print_tokens(model, &token, 1);
    if (i + 1 < to_generate)
      status = ignis_feed(model, &token, 1, error);
  }
  putchar('\n');
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s PROMPT [MODEL.gguf]\n", argv[0]);
    return IGNIS_MISUSED;
  }
  ignis_options options = ignis_default_options();
  options.temperature = 0;
  ignis_error error;
  ignis_model *model = NULL;
  ignis_status status = ignis_load(
      &ignis_package_bard, argc > 2 ? argv[2] : NULL, &options, &model, &error);
  if (status == IGNIS_OK)
    status = generate(model, argv[1], &error);
  if (status != IGNIS_OK)
    fprintf(stderr, "%s: error: %s\n", argv[0], error.message);
  ignis_free(model);
  return status;
}
