/*===- ignis.h - Compiled models in a program of one's own --------*- C -*-===*\
|*
|* Part of the ignis project, under the Apache License v2.0 with LLVM
|* Exceptions. See LICENSE for license information.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|*===----------------------------------------------------------------------===*|
|*
|* Version 2 of the interface of the libraries that ignis-compile makes. C11 and
|* C++.
|*
|* A model is a file with its program: the weights are there once. An executor
|* computes with it: threads, and memory for texts. A sequence is a text that is
|* fed and goes on. What else is computed beside a text, and whether a part of it
|* was computed before or drafted, never changes a bit of its logits.
|*
|* Nothing here ends the process, prints, or throws. What can fail returns a
|* status and, where `error` is not null, one line in it for people to read. A
|* null where an object or a place for a result is expected is IGNIS_MISUSED, or
|* gives 0 or false where there is no status. Models and executors may be used by
|* any threads at once, a sequence by one at a time. Objects may be freed in any
|* order: a model lasts as long as its executors, they as long as their
|* sequences. After fork, a child may only free what its parent has made.
|*
\*===----------------------------------------------------------------------===*/

#ifndef IGNIS_IGNIS_H
#define IGNIS_IGNIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define IGNIS_API __attribute__((visibility("default")))
#else
#define IGNIS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** A compiled program, as the header that ignis-compile writes declares it. */
typedef struct ignis_package ignis_package;

typedef struct ignis_model ignis_model;
typedef struct ignis_executor ignis_executor;
typedef struct ignis_sequence ignis_sequence;

typedef enum ignis_status {
  IGNIS_OK = 0,
  IGNIS_FAILED = 1,  /**< no memory, an unfit CPU, ... */
  IGNIS_MISUSED = 2, /**< an argument that is wrong, a context that is full */
  IGNIS_INVALID_MODEL = 3, /**< a file missing, unreadable or not the one that
                                was compiled */
  IGNIS_BUSY = 4 /**< no room for the texts now; nothing happened, and there is
                      room once other sequences end or are cut */
} ignis_status;

/** Ends with a zero byte; empty after success. */
typedef struct ignis_error {
  char message[512];
} ignis_error;

/** The version of this library, as "0.1.0". */
IGNIS_API const char *ignis_version(void);

/*===- Models -------------------------------------------------------------===*/

/** Sets *model to a model, to be given to ignis_model_free. `path` is a GGUF
    file; null stands for the one inside the library or, without one, the file it
    was compiled from. */
IGNIS_API ignis_status ignis_model_load(const ignis_package *package,
                                        const char *path, ignis_model **model,
                                        ignis_error *error);

/** Null is no model, and does nothing. */
IGNIS_API void ignis_model_free(ignis_model *model);

/** Tokens that the model knows, and so the number of its logits. */
IGNIS_API int64_t ignis_model_vocab(const ignis_model *model);

/** Whether a text ends with this token. */
IGNIS_API bool ignis_model_is_end(const ignis_model *model, int32_t token);

/** Sets *count to the number of tokens that `size` bytes of text are, and
    writes the first `capacity` of them. `special`: whether the texts of special
    tokens, such as <|im_end|>, make them. */
IGNIS_API ignis_status ignis_model_tokenize(const ignis_model *model,
                                            const char *text, size_t size,
                                            bool special, int32_t *tokens,
                                            size_t capacity, size_t *count,
                                            ignis_error *error);

/** Sets *size to the number of bytes that `count` tokens are, and writes the
    first `capacity` of them, without a zero byte. A character may be cut by the
    end of the tokens. */
IGNIS_API ignis_status ignis_model_detokenize(const ignis_model *model,
                                              const int32_t *tokens,
                                              size_t count, char *text,
                                              size_t capacity, size_t *size,
                                              ignis_error *error);

typedef struct ignis_message {
  const char *role;    /**< "system", "user", "assistant", ... */
  const char *content; /**< UTF-8, ending with a zero byte */
} ignis_message;

/** The tokens of a conversation by the model's chat template, up to where the
    assistant is to answer; *count and `capacity` as for ignis_model_tokenize. */
IGNIS_API ignis_status ignis_model_chat(const ignis_model *model,
                                        const ignis_message *messages,
                                        size_t message_count, int32_t *tokens,
                                        size_t capacity, size_t *count,
                                        ignis_error *error);

/*===- Executors ----------------------------------------------------------===*/

typedef struct ignis_executor_options {
  int64_t context;   /**< positions of a text at most; 0: as many as the model
                          was trained for */
  int64_t positions; /**< of all texts together; 0: those of one */
  int64_t batch;     /**< tokens computed at once; 0: as many as compiled for */
  int threads;       /**< 0: the physical cores that may be used */
} ignis_executor_options;

/** All 0. */
IGNIS_API ignis_executor_options ignis_default_executor_options(void);

/** Sets *executor to one that computes with the model, to be given to
    ignis_executor_free. `options` may be null. */
IGNIS_API ignis_status
ignis_executor_create(const ignis_model *model,
                      const ignis_executor_options *options,
                      ignis_executor **executor, ignis_error *error);

IGNIS_API void ignis_executor_free(ignis_executor *executor);

/** Positions of a text at most. */
IGNIS_API int64_t ignis_executor_context(const ignis_executor *executor);

/** Bytes that the executor and the model's weights take, all pages of texts
    included. */
IGNIS_API int64_t ignis_executor_memory(const ignis_executor *executor);

/*===- Sequences ----------------------------------------------------------===*/

typedef struct ignis_sampling {
  uint64_t seed;     /**< of the random generator */
  float temperature; /**< 0: always the likeliest token */
  int64_t top_k;     /**< choose among this many; 0: all */
  float top_p;       /**< ... among the likeliest that make up this share */
  float min_p;       /**< ... not among those less likely than this share of
                          the best */
  float repeat_penalty;  /**< for tokens of the recent past; 1: none */
  int64_t repeat_last_n; /**< how many tokens that is; -1: all */
  bool lookup; /**< draft tokens from the text itself: the same text, sooner where
                    it repeats itself */
  bool log_probabilities; /**< find out those of the chosen tokens */
} ignis_sampling;

/** The defaults of ignis-run; the seed is 0. */
IGNIS_API ignis_sampling ignis_default_sampling(void);

/** Sets *sequence to an empty text, to be given to ignis_sequence_free.
    `sampling` may be null. */
IGNIS_API ignis_status ignis_sequence_create(const ignis_executor *executor,
                                             const ignis_sampling *sampling,
                                             ignis_sequence **sequence,
                                             ignis_error *error);

IGNIS_API void ignis_sequence_free(ignis_sequence *sequence);

/** Sets *fork to another sequence with the same text and generator. What both
    have in common is in memory once. */
IGNIS_API ignis_status ignis_sequence_fork(const ignis_sequence *sequence,
                                           ignis_sequence **fork,
                                           ignis_error *error);

/** The text goes on with these tokens, which are computed by ignis_step. What
    this or another sequence of the executor began with is not computed again if
    the text was empty. */
IGNIS_API ignis_status ignis_sequence_append(ignis_sequence *sequence,
                                             const int32_t *tokens,
                                             size_t count, ignis_error *error);

/** Replaces the text. What agrees with it, or with another text of the
    executor, from the beginning is not computed again. */
IGNIS_API ignis_status ignis_sequence_restart(ignis_sequence *sequence,
                                              const int32_t *tokens,
                                              size_t count, ignis_error *error);

/** Tokens of the text, and how many of them are computed. */
IGNIS_API int64_t ignis_sequence_length(const ignis_sequence *sequence);
IGNIS_API int64_t ignis_sequence_position(const ignis_sequence *sequence);

/** Writes the text, with keys and values of the computed tokens, to a file, and
    makes a sequence of such a file, for the same model. With null for the
    sampling, it goes on with the random numbers of the saved one. */
IGNIS_API ignis_status ignis_sequence_save(const ignis_sequence *sequence,
                                           const char *path,
                                           ignis_error *error);
IGNIS_API ignis_status ignis_sequence_load(const ignis_executor *executor,
                                           const char *path,
                                           const ignis_sampling *sampling,
                                           ignis_sequence **sequence,
                                           ignis_error *error);

/** Computes what is pending of `count` sequences of one executor, in one call
    and in parts if there is much, and chooses how those go on of which nothing
    is left: ignis_sequence_chosen tells by what tokens. */
IGNIS_API ignis_status ignis_step(ignis_sequence *const *sequences,
                                  size_t count, ignis_error *error);

/** The tokens that the last step chose, none while a part of the text is still
    to be computed; several, where drafts came true. They are part of the text.
    Valid until the sequence is next stepped or freed. */
IGNIS_API const int32_t *ignis_sequence_chosen(const ignis_sequence *sequence,
                                               size_t *count);

/** Natural logarithms of the probabilities that the model gave them, before
    sampling; as many, or none if they were not asked for. */
IGNIS_API const float *
ignis_sequence_log_probabilities(const ignis_sequence *sequence,
                                 size_t *count);

/** The logits from which the last of them was chosen, one for each of the
    vocabulary; null before. */
IGNIS_API const float *ignis_sequence_logits(const ignis_sequence *sequence);

/** The text of the tokens that the last step chose, as UTF-8: a character that
    is not complete is held back until it is, or dropped where the text is
    changed before that. Ends with a zero byte, and may
    contain others; *size, where not null, is the size without it. */
IGNIS_API const char *ignis_sequence_text(const ignis_sequence *sequence,
                                          size_t *size);

#ifdef __cplusplus
}
#endif

#endif /* IGNIS_IGNIS_H */
