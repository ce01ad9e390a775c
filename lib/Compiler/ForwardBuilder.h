//===- ForwardBuilder.h - What forward passes are built of ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_COMPILER_FORWARDBUILDER_H
#define IGNIS_LIB_COMPILER_FORWARDBUILDER_H

#include "ignis/Compiler/ForwardGraph.h"
#include "ignis/IR/Ignis.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace ignis {

/// Builds `@forward`, and `@embed` if it is asked for, top to bottom, by the
/// parts that families of decoders share. Every operation is located by the
/// name of what it computes, as `blk.3.attn_q`; inside a block, names are those
/// after the number.
class ForwardBuilder {
public:
  ForwardBuilder(mlir::MLIRContext *context, const ModelDescription &model,
                 const GraphOptions &options)
      : model(model), config(model.config), options(options),
        builder(mlir::UnknownLoc::get(context), context) {}

  mlir::OwningOpRef<mlir::ModuleOp> build();

  // What families put together. x is [T][width] throughout.
  const ModelConfig &getConfig() const { return config; }
  mlir::Value embed();
  /// Names from now on are of block `layer`.
  void enterBlock(int64_t layer);
  void leaveBlocks() { prefix.clear(); }
  mlir::Value norm(mlir::Value x, llvm::StringRef name) {
    return norm(x, name, mlir::IntegerAttr());
  }
  /// Of each head of x, by one vector.
  mlir::Value normHeads(mlir::Value x, llvm::StringRef name) {
    return norm(x, name, builder.getI64IntegerAttr(config.head_dim));
  }
  /// x times `name`.weight, plus `name`.bias if the model has that.
  mlir::Value linear(mlir::Value x, llvm::StringRef name);
  mlir::Value rope(mlir::Value x, llvm::StringRef name);
  /// Of the block's layer.
  mlir::Value attention(mlir::Value q, mlir::Value k, mlir::Value v);
  mlir::Value add(mlir::Value x, mlir::Value y, llvm::StringRef name);
  /// x + SwiGLU of its norm.
  mlir::Value feedForward(mlir::Value x);
  /// The logits; in `@embed`, x.
  mlir::Value head(mlir::Value x);

private:
  mlir::func::FuncOp createFunction(llvm::StringRef name);
  void buildFunction(llvm::StringRef name);
  mlir::Value weight(const llvm::Twine &name);
  /// Of groups of `headDim`, or of whole rows if that is null.
  mlir::Value norm(mlir::Value x, llvm::StringRef name,
                   mlir::IntegerAttr headDim);
  mlir::Value likeliest(mlir::Value logits);

  /// The operation built next computes what is called `name`.
  void locate(const llvm::Twine &name) {
    builder.setLoc(
        mlir::NameLoc::get(builder.getStringAttr(llvm::Twine(prefix) + name)));
  }
  mlir::RankedTensorType activations(int64_t columns, int64_t rows) {
    return mlir::RankedTensorType::get({rows, columns}, builder.getF32Type());
  }
  mlir::RankedTensorType activations(int64_t columns) {
    return activations(columns, rows);
  }

  const ModelDescription &model;
  const ModelConfig &config;
  const GraphOptions &options;
  mlir::ImplicitLocOpBuilder builder;
  int64_t rows =
      options.tokens == 0 ? mlir::ShapedType::kDynamic : options.tokens;
  mlir::Value tokens, callRows, cache;
  bool givesStates = false;
  int64_t layer = 0;
  std::string prefix; ///< "blk.3." in a block
};

// The forward pass of each family, from the tokens to the logits.
#define IGNIS_FAMILY(name) mlir::Value build##name(ForwardBuilder &forward);
#include "ignis/Model/Families.def"

} // namespace ignis

#endif // IGNIS_LIB_COMPILER_FORWARDBUILDER_H
