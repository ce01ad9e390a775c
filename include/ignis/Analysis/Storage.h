//===- Storage.h - Sizes and places of buffers ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In buffer form an activation is a `memref.alloc`, after planning a
// `memref.view` of the arena; what a thread has for itself is a
// `memref.alloca`. Functions that return FailureOr emit the diagnostic.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_STORAGE_H
#define IGNIS_ANALYSIS_STORAGE_H

#include "ignis/Analysis/LinearForm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <optional>

namespace ignis {

/// Every buffer starts at a multiple of this many bytes.
inline constexpr int64_t bufferAlignment = 64;

/// The largest number of tokens that memory is planned for. Together with the
/// largest buffer that is accepted it keeps all arithmetic within 64 bits.
inline constexpr int64_t maxTokenCount = 1 << 16;

/// Emits an error at `op` unless 1 <= maxTokens <= maxTokenCount.
mlir::LogicalResult checkMaxTokens(mlir::Operation *op, int64_t maxTokens);

/// Attribute of a planned function, `[[a, b], ...]`: the arena has as many
/// bytes as the greatest a * T + b.
inline constexpr llvm::StringLiteral arenaAttrName = "ignis.arena";

/// Whether `value` is the number of tokens: the size of the function's argument
/// of type memref<?xi32>.
bool isTokenCount(mlir::Value value);

/// The number of tokens if `function` takes only one, else 0.
int64_t getStaticTokens(mlir::func::FuncOp function);

/// Whether each thread has a `buffer` of its own.
bool isPrivate(mlir::Value buffer);

/// `value` in terms of the number of tokens, if it is computed from that and
/// constants by additions and multiplications by a constant.
std::optional<LinearForm> getLinearForm(mlir::Value value);

/// The buffer's bytes, rounded up to the alignment; with a dynamic number of
/// tokens, the bytes of each row are. Only the first dimension may be dynamic.
mlir::FailureOr<LinearForm> getBufferSize(mlir::memref::AllocOp alloc);

/// Bytes of the arena.
struct Slice {
  LinearForm offset;
  LinearForm size;

  LinearForm end() const { return offset + size; }
};

/// Which bytes `view` covers.
mlir::FailureOr<Slice> getSlice(mlir::memref::ViewOp view);

/// Whether the two have no byte in common, the same one being the lower for all
/// T from 1 to maxTokens.
bool areDisjoint(const Slice &a, const Slice &b, int64_t maxTokens);

/// The sizes in the function's `ignis.arena`.
mlir::FailureOr<llvm::SmallVector<LinearForm>>
getArenaSize(mlir::func::FuncOp function);

} // namespace ignis

#endif // IGNIS_ANALYSIS_STORAGE_H
