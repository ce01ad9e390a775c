//===- EntrySignature.cpp - The arguments of an entry ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/EntrySignature.h"

#include "ignis/Runtime/Entries.h"

using namespace mlir;
using namespace ignis;

static bool isMemRef(Type type, unsigned rank, Type element) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.getRank() == rank &&
         memref.getElementType() == element &&
         memref.getLayout().isIdentity() && !memref.getMemorySpace();
}

FailureOr<EntrySignature> EntrySignature::get(func::FuncOp function) {
  if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
    return emitBriefError(function) << "expects a body of one block";
  if (function.getNumResults() != 0)
    return emitBriefError(function)
           << "expects a program that returns nothing, got "
           << function.getFunctionType();

  Builder types(function.getContext());
  SmallVector<Value> left(llvm::reverse(function.getArguments()));
  auto takeIf = [&](auto matches) {
    if (left.empty() || !matches(left.back().getType()))
      return Value();
    return left.pop_back_val();
  };
  auto isOutput = [&](Type type) {
    return isMemRef(type, 2, types.getF32Type()) ||
           isMemRef(type, 2, types.getI64Type());
  };
  EntrySignature found;
  found.givesStates = function.getName() == IGNIS_EMBED_ENTRY;
  found.tokens =
      takeIf([&](Type type) { return isMemRef(type, 1, types.getI32Type()); });
  found.callRows = takeIf(llvm::IsaPred<RowsType>);
  found.cache = takeIf(llvm::IsaPred<KVCacheType>);
  found.output = takeIf(isOutput);
  found.arena = takeIf([&](Type type) {
    return type == MemRefType::get(ShapedType::kDynamic, types.getI8Type());
  });
  if (!found.tokens || !found.callRows || !found.cache || !left.empty())
    return emitBriefError(function)
           << "expects arguments tokens (memref<?xi32>), rows, cache, and if "
              "any logits (memref<?xVxf32>) or candidates (memref<?xPxi64>) "
              "and arena (memref<?xi8>), got "
           << function.getFunctionType();

  auto tokensType = cast<MemRefType>(found.tokens.getType());
  if (!tokensType.isDynamicDim(0)) {
    found.tokenCount = tokensType.getDimSize(0);
    if (*found.tokenCount <= 0)
      return emitBriefError(function) << "expects at least one token";
  }
  return found;
}

int64_t EntrySignature::getCandidates() const {
  if (!output || !getOutputType().getElementType().isInteger(64))
    return 0;
  return getOutputType().getDimSize(1);
}
