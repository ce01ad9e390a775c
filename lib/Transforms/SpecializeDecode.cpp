//===- SpecializeDecode.cpp - The forward pass for one token --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_SPECIALIZEDECODE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

/// `type` with one row where it had any number.
static Type withOneToken(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    SmallVector<int64_t> shape(tensor.getShape());
    llvm::replace(shape, ShapedType::kDynamic, int64_t(1));
    return tensor.clone(shape);
  }
  if (auto q8 = dyn_cast<Q8Type>(type);
      q8 && ShapedType::isDynamic(q8.getRows()))
    return Q8Type::get(type.getContext(), 1, q8.getCols());
  return type;
}

/// Operations whose result types follow from those of their operands.
static bool canSpecialize(Operation *op) {
  if (auto compute = dyn_cast<ComputeOpInterface>(op))
    return compute.isValueForm();
  return isa<WeightOp, func::ReturnOp>(op);
}

static void specialize(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    argument.setType(withOneToken(argument.getType()));
  for (Operation &op : function.front()) {
    for (Value result : op.getResults())
      result.setType(withOneToken(result.getType()));
    // The only row there is, is wanted.
    if (auto compute = dyn_cast<ComputeOpInterface>(op))
      compute.getSelectionMutable().clear();
  }
  Operation *terminator = function.front().getTerminator();
  function.setType(FunctionType::get(function.getContext(),
                                     function.front().getArgumentTypes(),
                                     terminator->getOperandTypes()));
}

namespace {
struct SpecializeDecode final
    : ignis::impl::SpecializeDecodeBase<SpecializeDecode> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto forward = symbols.lookup<func::FuncOp>("forward");
    if (!forward || forward.isDeclaration() || !hasAnyTokenCount(forward))
      return markAllAnalysesPreserved();
    if (Operation *other = symbols.lookup("decode")) {
      emitBriefError(other)
          << "is called @decode, as the specialisation of @forward for one "
             "token is to be: is the program specialised already?";
      return signalPassFailure();
    }
    if (!llvm::hasSingleElement(forward.getBody())) {
      emitBriefError(forward) << "expects one block to be specialised";
      return signalPassFailure();
    }
    for (Operation &op : forward.front())
      if (!canSpecialize(&op)) {
        op.emitOpError("cannot be specialised: expects ignis operations in "
                       "value form");
        return signalPassFailure();
      }

    func::FuncOp decode = forward.clone();
    decode.setName("decode");
    specialize(decode);
    ++numSpecialized;
    symbols.insert(decode, std::next(forward->getIterator()));
  }

private:
  static bool hasAnyTokenCount(func::FuncOp function) {
    return llvm::any_of(function.getArgumentTypes(),
                        [](Type type) { return type != withOneToken(type); });
  }
};
} // namespace
