//===- GraphBuilder.cpp - The forward pass as a graph ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/GraphBuilder.h"
#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>

using namespace mlir;
using namespace ignis;

namespace {
/// Builds `@forward`, top to bottom. Every operation is located by the name of
/// what it computes, as `blk.3.attn_q`.
class ForwardBuilder {
public:
  ForwardBuilder(MLIRContext *context, const ModelDescription &model,
                 const GraphOptions &options)
      : model(model), config(model.config), options(options),
        builder(UnknownLoc::get(context), context) {}

  OwningOpRef<ModuleOp> build();

private:
  func::FuncOp createFunction();
  Value forward();
  Value attentionBlock(int64_t layer, Value x);
  Value feedForwardBlock(int64_t layer, Value x);

  Value weight(const std::string &name);
  Value norm(Value x, const std::string &name);
  Value linear(Value x, const std::string &name, bool hasBias = false);
  Value rope(Value x, const std::string &name);
  Value head(Value x);
  Value likeliest(Value logits);

  /// The operation built next computes what is called `name`.
  void locate(const std::string &name) {
    builder.setLoc(NameLoc::get(builder.getStringAttr(name)));
  }
  RankedTensorType activations(int64_t columns, int64_t rows) {
    return RankedTensorType::get({rows, columns}, builder.getF32Type());
  }
  RankedTensorType activations(int64_t columns) {
    return activations(columns, rows);
  }
  bool isDynamic() const { return options.tokens == 0; }

  const ModelDescription &model;
  const ModelConfig &config;
  const GraphOptions &options;
  ImplicitLocOpBuilder builder;
  int64_t rows = isDynamic() ? ShapedType::kDynamic : options.tokens;
  Value tokens, callRows, cache;
};
} // namespace

static std::string blockName(int64_t layer, StringRef name) {
  return ("blk." + Twine(layer) + "." + name).str();
}

//===----------------------------------------------------------------------===//
// The model, as the paper has it
//===----------------------------------------------------------------------===//

Value ForwardBuilder::forward() {
  const std::string table = "token_embd.weight";
  Value embeddings = weight(table);
  locate("token_embd");
  Value x = EmbeddingOp::create(builder, activations(config.embedding), tokens,
                                embeddings, ValueRange(), ShareAttr())
                .getResult(0);
  for (int64_t layer = 0; layer < config.layers; ++layer) {
    x = attentionBlock(layer, x);
    x = feedForwardBlock(layer, x);
  }
  return head(norm(x, "output_norm"));
}

Value ForwardBuilder::attentionBlock(int64_t layer, Value x) {
  auto name = [&](StringRef part) { return blockName(layer, part); };
  Value h = norm(x, name("attn_norm"));
  Value q = linear(h, name("attn_q"), /*hasBias=*/true);
  Value k = linear(h, name("attn_k"), /*hasBias=*/true);
  Value v = linear(h, name("attn_v"), /*hasBias=*/true);
  q = rope(q, name("attn_q_rope"));
  k = rope(k, name("attn_k_rope"));

  locate(name("attn"));
  Value attended =
      AttentionOp::create(builder, q.getType(), q, k, v, cache, callRows,
                          ValueRange(), layer, ShareAttr())
          .getResult(0);
  Value o = linear(attended, name("attn_output"));
  locate(name("attn_residual"));
  return AddOp::create(builder, x.getType(), x, o, ValueRange(), ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::feedForwardBlock(int64_t layer, Value x) {
  auto name = [&](StringRef part) { return blockName(layer, part); };
  Value h = norm(x, name("ffn_norm"));
  Value gate = linear(h, name("ffn_gate"));
  Value up = linear(h, name("ffn_up"));

  locate(name("ffn_silu"));
  Value activated =
      SiluOp::create(builder, gate.getType(), gate, ValueRange(), ShareAttr())
          .getResult(0);
  locate(name("ffn_mul"));
  Value gated = MulOp::create(builder, up.getType(), activated, up,
                              ValueRange(), ShareAttr())
                    .getResult(0);
  Value down = linear(gated, name("ffn_down"));
  locate(name("ffn_residual"));
  return AddOp::create(builder, x.getType(), x, down, ValueRange(), ShareAttr())
      .getResult(0);
}

//===----------------------------------------------------------------------===//
// Its parts
//===----------------------------------------------------------------------===//

Value ForwardBuilder::weight(const std::string &name) {
  const ModelTensor *tensor = model.find(name);
  assert(tensor && "a checked model has every tensor of the forward pass");
  SmallVector<int64_t> shape;
  if (tensor->rows != 0)
    shape.push_back(tensor->rows);
  shape.push_back(tensor->cols);
  auto type = WeightType::get(builder.getContext(), shape, tensor->type);
  locate(name);
  return WeightOp::create(builder, type, name);
}

Value ForwardBuilder::norm(Value x, const std::string &name) {
  Value scale = weight(name + ".weight");
  locate(name);
  Value normalized = RMSNormalizeOp::create(
                         builder, x.getType(), x, ValueRange(),
                         APFloat(static_cast<float>(config.eps)), ShareAttr())
                         .getResult(0);
  return ScaleOp::create(builder, x.getType(), normalized, scale, ValueRange(),
                         ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::linear(Value x, const std::string &name, bool hasBias) {
  Value matrix = weight(name + ".weight");
  Value bias = hasBias ? weight(name + ".bias") : Value();
  int64_t columns = cast<WeightType>(matrix.getType()).getRows();
  locate(name);
  return MatmulOp::create(builder, activations(columns), x, matrix, bias,
                          /*residual=*/Value(), /*selection=*/Value(),
                          ValueRange(), ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::rope(Value x, const std::string &name) {
  locate(name);
  return RopeOp::create(builder, x.getType(), x, callRows, ValueRange(),
                        config.headDim, APFloat(config.ropeBase), ShareAttr())
      .getResult(0);
}

/// The head computes the rows that are asked for; all of them if the logits
/// stay inside or there is only one.
Value ForwardBuilder::head(Value x) {
  Value matrix = weight(config.tied ? "token_embd.weight" : "output.weight");
  bool allRows = options.logits != Logits::Caller || options.tokens == 1;
  auto type = activations(config.vocab, allRows ? rows : ShapedType::kDynamic);
  locate("output");
  return MatmulOp::create(builder, type, x, matrix, /*bias=*/Value(),
                          /*residual=*/Value(),
                          allRows ? Value() : callRows, ValueRange(),
                          ShareAttr())
      .getResult(0);
}

/// At most 256 parts: enough for as many threads, and few to compare.
Value ForwardBuilder::likeliest(Value logits) {
  constexpr int64_t mostParts = 256;
  int64_t partColumns = ShareAttr::getPartColumns(config.vocab, mostParts);
  bool allRows = options.tokens == 1;
  auto type = RankedTensorType::get(
      {allRows ? 1 : ShapedType::kDynamic,
       static_cast<int64_t>(llvm::divideCeil(config.vocab, partColumns))},
      builder.getI64Type());
  locate("likeliest");
  return ArgmaxOp::create(builder, TypeRange(type), logits,
                          allRows ? Value() : callRows, ValueRange(),
                          ShareAttr())
      .getResult(0);
}

//===----------------------------------------------------------------------===//
// Module and function
//===----------------------------------------------------------------------===//

static ModelAttr getModelAttr(Builder &builder, const ModelDescription &model) {
  const ModelConfig &config = model.config;
  return ModelAttr::get(builder.getContext(), config.layers, config.embedding,
                        config.feedForward, config.heads, config.kvHeads,
                        config.headDim, config.vocab, config.context,
                        builder.getF64FloatAttr(config.eps),
                        builder.getF64FloatAttr(config.ropeBase), config.tied,
                        IGNIS_ABI_VERSION, model.hash);
}

func::FuncOp ForwardBuilder::createFunction() {
  Type elementType = options.cacheType == IGNIS_TYPE_F32
                         ? Type(builder.getF32Type())
                         : Type(builder.getF16Type());
  auto type = builder.getFunctionType(
      {RankedTensorType::get({rows}, builder.getI32Type()),
       RowsType::get(builder.getContext()),
       KVCacheType::get(builder.getContext(), config.layers, config.kvHeads,
                        config.headDim, elementType)},
      {});
  auto function = func::FuncOp::create(builder, "forward", type);
  Block *entry = function.addEntryBlock();
  tokens = entry->getArgument(0);
  callRows = entry->getArgument(1);
  cache = entry->getArgument(2);
  constexpr const char *names[] = {"tokens", "rows", "cache"};
  for (auto [argument, name] : llvm::zip_equal(entry->getArguments(), names))
    argument.setLoc(NameLoc::get(builder.getStringAttr(name)));
  return function;
}

OwningOpRef<ModuleOp> ForwardBuilder::build() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getLoc());
  (*module)->setAttr(IgnisDialect::getModelAttrName(),
                     getModelAttr(builder, model));
  builder.setInsertionPointToEnd(module->getBody());
  func::FuncOp function = createFunction();
  if (options.logits == Logits::Local)
    function->setAttr(IgnisDialect::getLocalLogitsAttrName(),
                      builder.getUnitAttr());

  builder.setInsertionPointToEnd(&function.front());
  Value result = forward();
  if (options.logits == Logits::Argmax)
    result = likeliest(result);
  builder.setLoc(UnknownLoc::get(builder.getContext()));
  func::ReturnOp::create(builder, result);
  function.setType(
      builder.getFunctionType(function.getArgumentTypes(), result.getType()));
  return module;
}

OwningOpRef<ModuleOp> ignis::buildForward(MLIRContext *context,
                                          const ModelDescription &model,
                                          const GraphOptions &options) {
  context->loadDialect<IgnisDialect, func::FuncDialect>();
  return ForwardBuilder(context, model, options).build();
}
