//===- VerifyMinimal.cpp - Whether an arena is minimal --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyMinimal.h"

#include "ignis/Analysis/MinimalAttr.h"
#include "ignis/Analysis/Refutation.h"
#include "ignis/IR/Ignis.h"

using namespace mlir;
using namespace ignis;

static LogicalResult verifyPhases(func::FuncOp function,
                                  ArrayRef<int64_t> phases,
                                  ArrayRef<Place> places,
                                  ArrayRef<LinearForm> arena) {
  if (phases.size() != arena.size())
    return emitBriefError(function)
           << "expects '" << minimalAttrName << "' to name a phase for each of "
           << arena.size() << " sizes, got " << phases.size();
  for (auto [phase, size] : llvm::zip(phases, arena)) {
    LinearForm sum;
    for (const Place &place : places)
      if (place.first <= phase && phase <= place.last)
        sum += place.size;
    if (sum != size)
      return emitBriefError(function)
             << "expects " << toString(size) << " bytes to be alive in phase "
             << phase << ", where '" << minimalAttrName << "' says so; found "
             << toString(sum);
  }
  return success();
}

static LogicalResult verifyRefutation(func::FuncOp function,
                                      const Refutation &refutation,
                                      ArrayRef<Place> places, int64_t tokens) {
  SmallVector<ignis::Block> blocks;
  for (const Place &place : places)
    blocks.push_back({place.size.at(tokens), place.first, place.last});
  if (llvm::Error error = checkRefutation(blocks, refutation))
    return emitBriefError(function)
           << "expects '" << minimalAttrName << "' to refute a smaller arena: "
           << llvm::toString(std::move(error));
  return success();
}

static std::optional<SmallVector<int64_t>> getIntegers(Attribute attribute) {
  auto array = dyn_cast_or_null<ArrayAttr>(attribute);
  if (!array)
    return std::nullopt;
  SmallVector<int64_t> integers;
  for (Attribute element : array) {
    auto integer = dyn_cast<IntegerAttr>(element);
    if (!integer || !integer.getType().isSignlessInteger(64))
      return std::nullopt;
    integers.push_back(integer.getInt());
  }
  return integers;
}

LogicalResult ignis::verifyMinimal(func::FuncOp function,
                                   ArrayRef<Place> places,
                                   ArrayRef<LinearForm> arena,
                                   int64_t maxTokens) {
  Attribute attribute = function->getAttr(minimalAttrName);
  if (!attribute)
    return success();
  auto error = [&] {
    return emitBriefError(function)
           << "expects '" << minimalAttrName
           << "' to have phases, or order, steps and tokens, got " << attribute;
  };
  auto dictionary = dyn_cast<DictionaryAttr>(attribute);
  if (!dictionary)
    return error();
  if (auto phases = getIntegers(dictionary.get("phases")))
    return dictionary.size() == 1
               ? verifyPhases(function, *phases, places, arena)
               : LogicalResult(error());

  auto order = getIntegers(dictionary.get("order"));
  auto text = dictionary.getAs<StringAttr>("steps");
  auto tokens = dictionary.getAs<IntegerAttr>("tokens");
  if (!order || !text || !tokens || dictionary.size() != 3)
    return error();
  auto steps = parseSteps(text);
  if (!steps) {
    llvm::consumeError(steps.takeError());
    return error();
  }
  if (tokens.getInt() < 1 || tokens.getInt() > maxTokens)
    return emitBriefError(function)
           << "expects '" << minimalAttrName << "' to be for 1 to " << maxTokens
           << " tokens, got " << tokens.getInt();
  Refutation refutation;
  refutation.height = maximumAt(arena, tokens.getInt()) - 1;
  refutation.order.assign(order->begin(), order->end());
  refutation.steps = std::move(*steps);
  return verifyRefutation(function, refutation, places, tokens.getInt());
}
