//===- ForwardBuilder.cpp - What forward passes are built of --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ForwardBuilder.h"

#include "ignis/Runtime/Entries.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Value ForwardBuilder::weight(const Twine &name) {
  std::string fullName = (prefix + name).str();
  const ModelTensor *tensor = model.find(fullName);
  assert(tensor && "a checked model has every tensor of the forward pass");
  SmallVector<int64_t> shape;
  if (tensor->rows != 0)
    shape.push_back(tensor->rows);
  shape.push_back(tensor->cols);
  auto type = WeightType::get(builder.getContext(), shape, tensor->type);
  locate(name);
  return WeightOp::create(builder, type, fullName);
}

Value ForwardBuilder::embed() {
  Value embeddings = weight("token_embd.weight");
  locate("token_embd");
  return EmbeddingOp::create(builder, activations(config.embedding), tokens,
                             embeddings, ValueRange(), ShareAttr())
      .getResult(0);
}

void ForwardBuilder::enterBlock(int64_t block) {
  layer = block;
  prefix = ("blk." + Twine(block) + ".").str();
}

Value ForwardBuilder::norm(Value x, StringRef name, IntegerAttr headDim) {
  Value scale = weight(name + ".weight");
  locate(name);
  FloatAttr eps = builder.getF32FloatAttr(static_cast<float>(config.eps));
  Value normalized =
      RMSNormalizeOp::create(builder, TypeRange(x.getType()), x, ValueRange(),
                             eps, headDim, ShareAttr())
          .getResult(0);
  return ScaleOp::create(builder, TypeRange(x.getType()), normalized, scale,
                         ValueRange(), headDim, ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::linear(Value x, StringRef name) {
  Value matrix = weight(name + ".weight");
  bool hasBias = model.find((prefix + name + ".bias").str()) != nullptr;
  Value bias = hasBias ? weight(name + ".bias") : Value();
  int64_t columns = cast<WeightType>(matrix.getType()).getRows();
  locate(name);
  return MatmulOp::create(builder, activations(columns), x, matrix, bias,
                          /*residual=*/Value(), /*selection=*/Value(),
                          ValueRange(), ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::rope(Value x, StringRef name) {
  locate(name);
  return RopeOp::create(
             builder, x.getType(), x, callRows, ValueRange(), config.head_dim,
             RopeAttr::get(builder.getContext(), config.rope), ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::attention(Value q, Value k, Value v) {
  locate("attn");
  return AttentionOp::create(builder, q.getType(), q, k, v, cache, callRows,
                             ValueRange(), layer, ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::add(Value x, Value y, StringRef name) {
  locate(name);
  return AddOp::create(builder, x.getType(), x, y, ValueRange(), ShareAttr())
      .getResult(0);
}

Value ForwardBuilder::feedForward(Value x) {
  Value h = norm(x, "ffn_norm");
  Value gate = linear(h, "ffn_gate");
  Value up = linear(h, "ffn_up");

  locate("ffn_silu");
  Value activated =
      SiluOp::create(builder, gate.getType(), gate, ValueRange(), ShareAttr())
          .getResult(0);
  locate("ffn_mul");
  Value gated = MulOp::create(builder, up.getType(), activated, up,
                              ValueRange(), ShareAttr())
                    .getResult(0);
  return add(x, linear(gated, "ffn_down"), "ffn_residual");
}

/// The head computes the rows that are asked for; all of them if the logits
/// stay inside or there is only one.
Value ForwardBuilder::head(Value x) {
  if (givesStates)
    return x;
  Value matrix = weight(config.tied ? "token_embd.weight" : "output.weight");
  bool allRows = options.logits != Logits::Caller || options.tokens == 1;
  auto type = activations(config.vocab, allRows ? rows : ShapedType::kDynamic);
  locate("output");
  return MatmulOp::create(builder, type, x, matrix, /*bias=*/Value(),
                          /*residual=*/Value(), allRows ? Value() : callRows,
                          ValueRange(), ShareAttr())
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

func::FuncOp ForwardBuilder::createFunction(StringRef name) {
  Type elementType = options.cacheType == IGNIS_TYPE_F32
                         ? Type(builder.getF32Type())
                         : Type(builder.getF16Type());
  auto type = builder.getFunctionType(
      {RankedTensorType::get({rows}, builder.getI32Type()),
       RowsType::get(builder.getContext()),
       KVCacheType::get(builder.getContext(), config.layers, config.kv_heads,
                        config.head_dim, elementType)},
      {});
  auto function = func::FuncOp::create(builder, name, type);
  Block *entry = function.addEntryBlock();
  tokens = entry->getArgument(0);
  callRows = entry->getArgument(1);
  cache = entry->getArgument(2);
  constexpr const char *names[] = {"tokens", "rows", "cache"};
  for (auto [argument, name] : llvm::zip_equal(entry->getArguments(), names))
    argument.setLoc(NameLoc::get(builder.getStringAttr(name)));
  return function;
}

static Value buildFamily(ForwardBuilder &forward) {
  switch (forward.getConfig().family) {
#define IGNIS_FAMILY(name)                                                     \
  case Family::name:                                                           \
    return build##name(forward);
#include "ignis/Model/Families.def"
  }
  llvm_unreachable("covered switch");
}

void ForwardBuilder::buildFunction(StringRef name) {
  builder.setLoc(UnknownLoc::get(builder.getContext()));
  func::FuncOp function = createFunction(name);
  if (options.logits == Logits::Local)
    function->setAttr(IgnisDialect::getLocalLogitsAttrName(),
                      builder.getUnitAttr());

  builder.setInsertionPointToEnd(&function.front());
  Value result = buildFamily(*this);
  if (options.logits == Logits::Argmax && !givesStates)
    result = likeliest(result);
  builder.setLoc(UnknownLoc::get(builder.getContext()));
  func::ReturnOp::create(builder, result);
  function.setType(
      builder.getFunctionType(function.getArgumentTypes(), result.getType()));
}

OwningOpRef<ModuleOp> ForwardBuilder::build() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getLoc());
  (*module)->setAttr(IgnisDialect::getModelAttrName(),
                     ModelAttr::get(builder.getContext(), config,
                                    IGNIS_ABI_VERSION, model.hash));
  builder.setInsertionPointToEnd(module->getBody());
  buildFunction("forward");
  if (options.embeddings) {
    givesStates = true;
    builder.setInsertionPointToEnd(module->getBody());
    buildFunction(IGNIS_EMBED_ENTRY);
  }
  return module;
}

OwningOpRef<ModuleOp> ignis::buildForward(MLIRContext *context,
                                          const ModelDescription &model,
                                          const GraphOptions &options) {
  context->loadDialect<IgnisDialect, func::FuncDialect>();
  return ForwardBuilder(context, model, options).build();
}
