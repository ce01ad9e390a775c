//===- ThreadAccess.h - What threads read and write -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled function is run by every thread of a team; an operation's share
// says which part each of them computes. From that and from what the operation
// accesses follows which part of a buffer a thread touches, and from two such
// parts whether data crosses from one thread to another:
//
//               tokens   columns, p    replicated    (share)
//   Part::Own   Rows     Columns, p    Any
//   Part::Row   Rows     Any           Any
//   Part::Whole Any      Any           Any
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_THREADACCESS_H
#define IGNIS_ANALYSIS_THREADACCESS_H

#include "ignis/IR/Ignis.h"

namespace ignis {

/// The part of a buffer that a thread touches.
struct Footprint {
  enum class Kind {
    Rows,    ///< the thread's tokens
    Columns, ///< the thread's of `parts` parts of the columns
    Any,     ///< anything: all of it, or a part that nothing else names
  };
  Kind kind = Kind::Any;
  int64_t parts = 0;
  int64_t units = 0; ///< by which ranks divide the parts; 0: they do not

  static Footprint rows() { return {Kind::Rows}; }
  static Footprint columns(int64_t parts, int64_t units) {
    return {Kind::Columns, parts, units};
  }
  static Footprint any() { return {}; }

  /// Whether a thread that touches this part and that one touches no element
  /// that another thread touches in either way.
  bool staysWithThread(const Footprint &other) const {
    return kind != Kind::Any && kind == other.kind && parts == other.parts &&
           units == other.units;
  }
};

/// One access of a buffer or a cache, as a thread does its part of it.
struct ThreadAccess : Access {
  Footprint footprint;
};

/// Everything that `op`, in buffer form, reads and writes, if it is divided by
/// `share`: reads first.
llvm::SmallVector<ThreadAccess> getThreadAccesses(ComputeOpInterface op,
                                                  ShareAttr share);

/// The same for the share that was chosen, or else the finest.
llvm::SmallVector<ThreadAccess> getThreadAccesses(ComputeOpInterface op);

/// Whether `op` may be computed by every thread for itself: its result is an
/// allocation of static size that only compute operations use, and it neither
/// multiplies by a matrix nor touches the cache.
bool canReplicate(ComputeOpInterface op);

/// `blk.3.attn_q` if the operation's location names it, else its mnemonic.
llvm::StringRef getDisplayName(mlir::Operation *op);

} // namespace ignis

#endif // IGNIS_ANALYSIS_THREADACCESS_H
