/*===- ignis.h - Compiled models in a program of one's own --------*- C -*-===*\
|*
|* Part of the ignis project, under the Apache License v2.0 with LLVM
|* Exceptions. See LICENSE for license information.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|*===----------------------------------------------------------------------===*|
|*
|* The interface of the libraries that ignis-compile makes. C11 and C++.
|*
|* Nothing here ends the process, prints, or throws. What can fail returns a
|* status and, where `error` is not null, one line in it for people to read.
|* A model is used by one thread at a time; different models by any threads.
|* After fork, a child may only free what its parent has loaded.
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

/** A program with its weights and tokenizer, at work on one text. */
typedef struct ignis_model ignis_model;

typedef enum ignis_status {
  IGNIS_OK = 0,
  IGNIS_FAILED = 1,  /**< no memory, an unfit CPU, ... */
  IGNIS_MISUSED = 2, /**< an argument that is wrong, a context that is full */
  IGNIS_INVALID_MODEL = 3 /**< a file missing, unreadable or not the one that
                               was compiled */
} ignis_status;

/** Ends with a zero byte; empty after success. */
typedef struct ignis_error {
  char message[512];
} ignis_error;

typedef struct ignis_options {
  int64_t context;   /**< positions; 0: as many as the model was trained for */
  int64_t batch;     /**< tokens computed at once; 0: as many as compiled for */
  int threads;       /**< 0: the physical cores that may be used */
  uint64_t seed;     /**< of the random generator */
  float temperature; /**< 0: always the likeliest token */
  int64_t top_k;     /**< choose among this many; 0: all */
  float top_p;       /**< ... among the likeliest that make up this share */
  float min_p;       /**< ... not among those less likely than this share of
                          the best */
  float repeat_penalty;  /**< for tokens of the recent past; 1: none */
  int64_t repeat_last_n; /**< how many tokens that is; -1: all */
} ignis_options;

/** The defaults of ignis-run; the seed is 0. */
IGNIS_API ignis_options ignis_default_options(void);

/** The version of this library, as "0.1.0". */
IGNIS_API const char *ignis_version(void);

/** Sets *model to a model ready to be fed, to be given to ignis_free. `path` is
    a GGUF file; null stands for the one inside the library or, without one, the
    file it was compiled from. `options` may be null. */
IGNIS_API ignis_status ignis_load(const ignis_package *package,
                                  const char *path,
                                  const ignis_options *options,
                                  ignis_model **model, ignis_error *error);

/** Null is no model, and does nothing. */
IGNIS_API void ignis_free(ignis_model *model);

/** Tokens that the model knows, and so the number of its logits. */
IGNIS_API int64_t ignis_vocab(const ignis_model *model);
/** Positions of a text at most. */
IGNIS_API int64_t ignis_context(const ignis_model *model);
/** Tokens fed so far. */
IGNIS_API int64_t ignis_position(const ignis_model *model);
/** Whether a text ends with this token. */
IGNIS_API bool ignis_is_end(const ignis_model *model, int32_t token);

/** Sets *count to the number of tokens that `size` bytes of text are, and
   writes the first `capacity` of them. `special`: whether the texts of special
   tokens, such as <|im_end|>, make them. */
IGNIS_API ignis_status ignis_tokenize(const ignis_model *model,
                                      const char *text, size_t size,
                                      bool special, int32_t *tokens,
                                      size_t capacity, size_t *count,
                                      ignis_error *error);

/** Sets *size to the number of bytes that `count` tokens are, and writes the
    first `capacity` of them, without a zero byte. A character may be cut by the
    end of the tokens. */
IGNIS_API ignis_status ignis_detokenize(const ignis_model *model,
                                        const int32_t *tokens, size_t count,
                                        char *text, size_t capacity,
                                        size_t *size, ignis_error *error);

/** Appends tokens to the text. */
IGNIS_API ignis_status ignis_feed(ignis_model *model, const int32_t *tokens,
                                  size_t count, ignis_error *error);

/** Sets *logits to those behind the last token fed, one for each of the
    vocabulary, valid until the model is next fed, reset or freed. */
IGNIS_API ignis_status ignis_logits(const ignis_model *model,
                                    const float **logits, ignis_error *error);

/** Chooses a token to go on with, by the options; feeding it is up to the
    caller. */
IGNIS_API ignis_status ignis_sample(ignis_model *model, int32_t *token,
                                    ignis_error *error);

/** Forgets the text, and starts the random generator anew. */
IGNIS_API void ignis_reset(ignis_model *model);

#ifdef __cplusplus
}
#endif

#endif /* IGNIS_IGNIS_H */
