//===- OperationGraph.h - The graph of operations ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function's operations and the activations that pass between them, as data
// to be drawn. It outlives the IR that it describes.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DRAWING_OPERATIONGRAPH_H
#define IGNIS_DRAWING_OPERATIONGRAPH_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>
#include <string>
#include <vector>

namespace ignis {

struct OperationGraph {
  /// What costs an operation its time, as ComputeOpInterface tells it.
  enum class Kind {
    Matrix,   ///< streams weights
    Cache,    ///< reads or writes the cache
    Row,      ///< needs whole rows
    Element,  ///< needs no more than the elements at its own places
    Other,    ///< of another dialect
    Boundary, ///< not an operation: where values come from and go to
  };
  /// A weight, or the cache, that an operation uses.
  struct Resource {
    std::string text;  ///< its type
    std::string names; ///< those of several that have one type, one a line
    int64_t count;
    bool isCache;
  };
  struct Node {
    Kind kind;
    std::string mnemonic, name;
    std::vector<Resource> resources;
  };
  /// An activation: written by one node, read by others that come after it.
  struct Value {
    size_t from;
    llvm::SmallVector<size_t> to;
    std::string shape; ///< T×896
    std::string type;  ///< in full
    bool quantized;
  };

  std::string title;
  size_t operations = 0; ///< nodes that are no boundaries
  std::vector<Node> nodes;
  std::vector<Value> values; ///< ascending by `from`

  /// The graph of `function`, or of those of its operations whose names begin
  /// with `blk.LAYER.`. Emits a diagnostic if there is more than one block.
  static mlir::FailureOr<OperationGraph> build(mlir::func::FuncOp function,
                                               std::optional<int64_t> layer);
};

/// A picture: from top to bottom, a box for each operation with the weights it
/// uses, a line for each activation with its shape; types and names in full on
/// hover. One graph below another. False if there is too much to draw.
bool writeGraphsAsSVG(llvm::ArrayRef<OperationGraph> graphs,
                      llvm::raw_ostream &os);

} // namespace ignis

#endif // IGNIS_DRAWING_OPERATIONGRAPH_H
