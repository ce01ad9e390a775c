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
  if (ignis_model_detokenize(model, tokens, count, text, sizeof text, &size,
                             NULL) == IGNIS_OK)
    fwrite(text, 1, size < sizeof text ? size : sizeof text, stdout);
}

/* Each step computes what is pending and chooses the next token; a long prompt
   takes several before there is one. */
static ignis_status go_on(const ignis_model *model, ignis_sequence *sequence,
                          ignis_error *error) {
  int generated = 0;
  while (generated < to_generate) {
    ignis_status status = ignis_step(&sequence, 1, error);
    if (status != IGNIS_OK)
      return status;
    size_t count = 0, size = 0;
    const int32_t *chosen = ignis_sequence_chosen(sequence, &count);
    if (count > 0 && ignis_model_is_end(model, chosen[count - 1]))
      break;
    const char *text = ignis_sequence_text(sequence, &size);
    fwrite(text, 1, size, stdout);
    generated += (int)count;
  }
  putchar('\n');
  return IGNIS_OK;
}

static ignis_status generate(const ignis_model *model, const char *prompt,
                             ignis_error *error) {
  int32_t tokens[most_tokens];
  size_t count = 0;
  ignis_status status =
      ignis_model_tokenize(model, prompt, strlen(prompt), true, tokens,
                           most_tokens, &count, error);
  if (status != IGNIS_OK)
    return status;
  if (count > most_tokens)
    count = most_tokens;
  print_tokens(model, tokens, count);

  ignis_sampling sampling = ignis_default_sampling();
  sampling.temperature = 0;
  ignis_executor *executor = NULL;
  ignis_sequence *sequence = NULL;
  status = ignis_executor_create(model, NULL, &executor, error);
  if (status == IGNIS_OK)
    status = ignis_sequence_create(executor, &sampling, &sequence, error);
  if (status == IGNIS_OK)
    status = ignis_sequence_append(sequence, tokens, count, error);
  if (status == IGNIS_OK)
    status = go_on(model, sequence, error);
  ignis_sequence_free(sequence);
  ignis_executor_free(executor);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s PROMPT [MODEL.gguf]\n", argv[0]);
    return IGNIS_MISUSED;
  }
  ignis_error error;
  ignis_model *model = NULL;
  ignis_status status = ignis_model_load(
      &ignis_package_bard, argc > 2 ? argv[2] : NULL, &model, &error);
  if (status == IGNIS_OK)
    status = generate(model, argv[1], &error);
  if (status != IGNIS_OK)
    fprintf(stderr, "%s: error: %s\n", argv[0], error.message);
  ignis_model_free(model);
  return status;
}
