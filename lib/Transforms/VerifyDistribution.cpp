//===- VerifyDistribution.cpp - Reject what ranks do not have -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows a scheduled function in program order and notes which part of each
// buffer a rank has. O(operands).
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/RankAccess.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_VERIFYDISTRIBUTION
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
class RankVerifier {
public:
  RankVerifier(ModelAttr model, std::optional<int64_t> &cacheUnits)
      : model(model.getValues()), cacheUnits(cacheUnits) {}

  LogicalResult verify(func::FuncOp function);

private:
  /// What a rank has of a buffer, and how it was written.
  struct Buffer {
    RankPart part;
    int64_t columns;
    Value selection;
  };

  LogicalResult verifyCache(ComputeOpInterface op);
  LogicalResult verifyCompute(ComputeOpInterface op);
  LogicalResult verifyGather(AllGatherOp gather);

  ignis_hyperparameters model;
  /// Of all that touches a cache, in all functions.
  std::optional<int64_t> &cacheUnits;
  DenseMap<Value, Buffer> buffers;
  /// The last operation that reads a buffer, in program order.
  DenseMap<Value, Operation *> lastRead;
};
} // namespace

/// A rank keeps the key/value heads of its query heads and no others.
LogicalResult RankVerifier::verifyCache(ComputeOpInterface op) {
  ShareAttr share = op.getShareOrDefault();
  if (!op.readsCache() && !op.writesCache())
    return success();
  int64_t units = share.getUnits();
  if (cacheUnits.value_or(units) != units)
    return op->emitOpError("expects all that touches the cache to be divided "
                           "alike among ranks, got ")
           << units << " units and " << *cacheUnits;
  cacheUnits = units;
  if (units != 0 && units != model.heads)
    return op->emitOpError("expects a unit for each of the ")
           << model.heads << " query heads, got " << units;
  // Of a group of products, those for queries are what its other two leave.
  int64_t heads = op.getColumns() / model.head_dim - 2 * model.kv_heads;
  if (units != 0 && op.writesCache() && !op.getMatrices().empty() &&
      heads != model.heads)
    return op->emitOpError("expects products for the model's ")
           << model.heads << " query heads, got " << heads;
  if (units != 0 && !keepsHeadsTogether(op, share))
    return op->emitOpError("expects a part for each head, got ")
           << share.getParts();
  return success();
}

LogicalResult RankVerifier::verifyCompute(ComputeOpInterface op) {
  if (failed(verifyCache(op)))
    return failure();
  for (const Access &access : op.getAccesses()) {
    auto it = buffers.find(access.getValue());
    if (!access.writes && it != buffers.end() &&
        !sufficesFor(it->second.part, op, access))
      return op->emitOpError("reads what another rank writes with no gather "
                             "between them");
  }
  for (const Access &access : op.getAccesses())
    if (access.writes && !access.isOfCache())
      buffers[access.getValue()] = {getRankPart(op, access),
                                    getWrittenColumns(op, access),
                                    op.getSelection()};
  return success();
}

LogicalResult RankVerifier::verifyGather(AllGatherOp gather) {
  Value value = gather.getBuffer();
  auto it = buffers.find(value);
  if (it == buffers.end())
    return gather.emitOpError("expects a buffer that something has written");
  Buffer &buffer = it->second;
  std::optional<int64_t> width;
  if (!buffer.part.isWhole())
    width = getUnitWidth(gather.getBufferType(), buffer.columns, buffer.part);
  auto expected = std::pair(buffer.columns, width.value_or(0));
  auto found = std::pair(static_cast<int64_t>(gather.getColumns()),
                         static_cast<int64_t>(gather.getWidth()));
  if (found != expected)
    return gather.emitOpError("expects columns and width as they are divided "
                              "among ranks, ")
           << expected.first << " and " << expected.second << ", got "
           << found.first << " and " << found.second;
  if (gather.getSelection() != buffer.selection)
    return gather.emitOpError("expects the rows that were written");
  bool isOutput = isa<BlockArgument>(value);
  if (gather.getFirstOnly() != isOutput)
    return gather.emitOpError(isOutput ? "expects an output to be rank 0's"
                                       : "expects every rank to get what is no "
                                         "output");
  // Until then nothing takes its place.
  Operation *reader = lastRead.lookup(value);
  if (!isOutput && (!reader || reader->isBeforeInBlock(gather)))
    return gather.emitOpError("expects a buffer that is read later");
  buffer.part = {};
  return success();
}

LogicalResult RankVerifier::verify(func::FuncOp function) {
  for (Operation &op : function.front())
    if (auto compute = dyn_cast<ComputeOpInterface>(op))
      for (const Access &access : compute.getAccesses())
        if (!access.writes)
          lastRead[access.getValue()] = &op;
  for (Operation &op : function.front()) {
    auto compute = dyn_cast<ComputeOpInterface>(op);
    auto gather = dyn_cast<AllGatherOp>(op);
    if ((compute && failed(verifyCompute(compute))) ||
        (gather && failed(verifyGather(gather))))
      return failure();
  }
  for (auto &[value, buffer] : buffers)
    if (isa<BlockArgument>(value) && !buffer.part.isWhole())
      return emitBriefError(function)
             << "expects its output, of which ranks have parts, to be gathered";
  return success();
}

namespace {
struct VerifyDistribution final
    : ignis::impl::VerifyDistributionBase<VerifyDistribution> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto model =
        module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
    if (!model) {
      emitBriefError(module) << "expects the attribute '"
                             << IgnisDialect::getModelAttrName() << "'";
      return signalPassFailure();
    }
    std::optional<int64_t> cacheUnits;
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!computesActivations(function))
        continue;
      if (failed(getPhases(function)) ||
          failed(RankVerifier(model, cacheUnits).verify(function)))
        return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};
} // namespace
