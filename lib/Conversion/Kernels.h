//===- Kernels.h - The functions that are generated ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_KERNELS_H
#define IGNIS_LIB_CONVERSION_KERNELS_H

#include "ElementwiseFormulas.h"
#include "ProgramModule.h"
#include "ignis/Conversion/ElementwiseOpInterface.h"

#include <functional>

namespace ignis {

enum class KernelKind {
  Elementwise,
  RMSNormalize,
  RMSNorm,
  Rope,
};

/// What an elementwise kernel computes: a name that stands for the code, and
/// the code.
struct ElementwiseCode {
  std::string name;
  std::function<mlir::Value(VectorCode &, mlir::ValueRange)> emit;

  ElementwiseCode() = default;
  ElementwiseCode(const ElementwiseFormula &formula)
      : name(formula.name), emit(formula.emit) {}
  ElementwiseCode(ElementwiseOpInterface op);
};

/// What a kernel computes, but for the range: its kind, the buffers it reads
/// (memref<?xNxf32>, or memref<Nxf32> for a weight vector), the buffer it
/// writes and the columns of its result. The result is f32, or bytes of
/// quantised rows. A buffer that is read may have fewer columns than the
/// result: it then holds the range's columns alone. With heads, each is a row
/// to a norm, and weight vectors have a head's length.
struct Kernel {
  KernelKind kind;
  llvm::SmallVector<mlir::Type> inputs;
  mlir::MemRefType result;
  int64_t columns;
  int64_t headDim = 0;       ///< of Rope; of others, or 0 for whole rows
  ElementwiseCode code = {}; ///< of Elementwise

  bool isQuantized() const { return result.getElementType().isInteger(8); }
  /// Operands between the buffers and the range: eps of the norms; the table of
  /// cosines and sines and the rows' positions of Rope.
  llvm::SmallVector<mlir::Type> getParameters() const;
  /// Such as rms_norm_896 or swiglu_4864_q8.
  std::string getName() const;
};

/// Kernel `kernel` of the program, generated if it is not there yet:
///   func.func private @name(inputs..., result, parameters...,
///       %row_begin: index, %row_end: index,
///       %column_begin: index, %column_end: index)
/// with another name where the module has that one.
mlir::func::FuncOp getOrGenerateKernel(ProgramModule &program,
                                       const Kernel &kernel);

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_KERNELS_H
