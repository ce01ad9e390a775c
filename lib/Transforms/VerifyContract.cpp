//===- VerifyContract.cpp - Reject what the caller does not expect --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What ignis_forward_fn promises to its caller, and its caller to it, held
// against the operations of a scheduled program. Where buffers lie, and which
// thread touches them when, is for the other two verifiers. O(operands).
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/EntrySignature.h"
#include "ignis/Analysis/Phases.h"
#include "ignis/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"

#include <vector>

namespace ignis {
#define GEN_PASS_DEF_VERIFYCONTRACT
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// One entry
//===----------------------------------------------------------------------===//

namespace {
class EntryVerifier {
public:
  EntryVerifier(func::FuncOp function, const EntrySignature &signature,
                ModelAttr model)
      : function(function), signature(signature), model(model.getValues()) {}

  LogicalResult verify();

  func::FuncOp getFunction() const { return function; }
  const EntrySignature &getSignature() const { return signature; }
  /// Layers of the cache, or Access::allLayers.
  bool appends(int64_t layer) const {
    return appended.contains(layer) || appended.contains(Access::allLayers);
  }
  const llvm::SmallSetVector<int64_t, 32> &getAttended() const {
    return attended;
  }

private:
  LogicalResult verifyAttributes();
  LogicalResult verifyOutputType();
  LogicalResult verifyOperation(Operation &op);
  LogicalResult verifyCompute(ComputeOpInterface op);
  LogicalResult verifyOperand(ComputeOpInterface op, OpOperand &operand);
  LogicalResult verifyBuffer(ComputeOpInterface op, OpOperand &operand,
                             MemRefType type);
  LogicalResult verifyDestinations(ComputeOpInterface op);
  LogicalResult verifyOutput(ComputeOpInterface op);
  LogicalResult verifyReads(ComputeOpInterface op, ArrayRef<Access> accesses);
  LogicalResult verifyQuantized(ComputeOpInterface op, const Access &access);

  func::FuncOp function;
  EntrySignature signature;
  ignis_hyperparameters model;
  DenseSet<Value> written;
  DenseMap<Value, int64_t> quantizedColumns;
  DenseSet<int64_t> appended;
  llvm::SmallSetVector<int64_t, 32> attended;
};
} // namespace

static bool isQuantized(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.getElementType().isInteger(8);
}

/// What LLVM is told of a function or its arguments it believes.
LogicalResult EntryVerifier::verifyAttributes() {
  for (NamedAttribute attribute : function->getDiscardableAttrs())
    if (!isa_and_nonnull<IgnisDialect>(attribute.getNameDialect()))
      return emitBriefError(function) << "expects no attribute '"
                                      << attribute.getName().getValue() << "'";
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    DictionaryAttr attributes = function.getArgAttrDict(i);
    if (attributes && !attributes.empty())
      return emitBriefError(function)
             << "expects no attribute '"
             << attributes.begin()->getName().getValue() << "' of argument "
             << i;
  }
  return success();
}

LogicalResult EntryVerifier::verifyOutputType() {
  if (!signature.output)
    return emitBriefError(function)
           << "expects an output, which its caller reads: logits "
              "(memref<?xVxf32>) or candidates (memref<?xPxi64>)";
  MemRefType type = signature.getOutputType();
  if (!type.isDynamicDim(0) &&
      (signature.tokenCount != 1 || type.getDimSize(0) != 1))
    return emitBriefError(function)
           << "expects an output of any number of rows, got " << type;
  if (signature.givesStates) {
    if (!signature.tokenCount && type.getElementType().isF32() &&
        type.getDimSize(1) == model.embedding)
      return success();
    return emitBriefError(function)
           << "expects to take any number of tokens, and states of the "
              "model's "
           << model.embedding << " columns, got " << type;
  }
  if (type.isDynamicDim(1) || type.getDimSize(1) <= 0 ||
      (!signature.getCandidates() && type.getDimSize(1) != model.vocab))
    return emitBriefError(function)
           << "expects logits of the vocabulary's " << model.vocab
           << " columns, or candidates, got " << type;
  return success();
}

LogicalResult EntryVerifier::verify() {
  if (failed(verifyAttributes()) || failed(verifyOutputType()))
    return failure();
  for (Operation &op : function.front())
    if (failed(verifyOperation(op)))
      return failure();
  if (!written.contains(signature.output))
    return emitBriefError(function)
           << "expects its output, which its caller reads, to be written";
  return success();
}

/// An operation with a place in a program is one that computes, or one of the
/// few that name buffers and numbers.
LogicalResult EntryVerifier::verifyOperation(Operation &op) {
  if (auto compute = dyn_cast<ComputeOpInterface>(op))
    return verifyCompute(compute);
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    if (view.getSource() != signature.arena)
      return view.emitOpError("expects a view of the arena, the last argument");
    return success();
  }
  if (isa<arith::ConstantOp, arith::AddIOp, arith::MulIOp>(op)) {
    if (!op.getResult(0).getType().isIndex())
      return op.emitOpError("expects numbers of type index");
    auto flags = dyn_cast<arith::ArithIntegerOverflowFlagsInterface>(op);
    if (flags && (flags.hasNoSignedWrap() || flags.hasNoUnsignedWrap()))
      return op.emitOpError("expects no promise that it does not overflow");
    return success();
  }
  if (isa<BarrierOp, AllGatherOp, WeightOp, SelectedCountOp, memref::AllocaOp,
          memref::DimOp, func::ReturnOp>(op))
    return success();
  return op.emitOpError("has no place in a scheduled program");
}

//===----------------------------------------------------------------------===//
// One operation
//===----------------------------------------------------------------------===//

LogicalResult EntryVerifier::verifyCompute(ComputeOpInterface op) {
  if (!op.isBufferForm())
    return op->emitOpError("expects buffer form: run ignis-bufferize");
  for (OpOperand &operand : op->getOpOperands())
    if (failed(verifyOperand(op, operand)))
      return failure();
  if (auto lookup = dyn_cast<EmbeddingOp>(op.getOperation())) {
    auto table = cast<WeightType>(lookup.getTable().getType());
    if (table.getRows() != model.vocab)
      return op->emitOpError("expects a row for each of the ")
             << model.vocab << " tokens of the vocabulary, got " << table;
  }
  SmallVector<Access> accesses = op.getAccesses();
  if (failed(verifyDestinations(op)) || failed(verifyReads(op, accesses)))
    return failure();
  for (const Access &access : accesses) {
    if (access.writes)
      written.insert(access.getValue());
    if (isQuantized(access.getValue().getType()) &&
        failed(verifyQuantized(op, access)))
      return failure();
  }
  return success();
}

LogicalResult EntryVerifier::verifyOperand(ComputeOpInterface op,
                                           OpOperand &operand) {
  Value value = operand.get();
  Type type = value.getType();
  if (isa<RowsType>(type) && value != signature.callRows)
    return op->emitOpError("expects the rows of the call, an argument of the "
                           "function");
  if (isa<KVCacheType>(type) && value != signature.cache)
    return op->emitOpError("expects the cache of the call, an argument of the "
                           "function");
  if (auto memref = dyn_cast<MemRefType>(type))
    return verifyBuffer(op, operand, memref);
  return success();
}

LogicalResult EntryVerifier::verifyBuffer(ComputeOpInterface op,
                                          OpOperand &operand, MemRefType type) {
  Value value = operand.get();
  if (value == signature.tokens)
    return success();
  if (value == signature.output) {
    if (!compute::isDestination(operand))
      return op->emitOpError("reads the output, expects only to write it: it "
                             "has no row for each token");
    return success();
  }
  if (!value.getDefiningOp<memref::ViewOp>() &&
      !value.getDefiningOp<memref::AllocaOp>())
    return op->emitOpError("expects operand ")
           << operand.getOperandNumber()
           << " to be a view of the arena, memory of the thread's own, the "
              "tokens or the output";
  if (type.getRank() != 2)
    return op->emitOpError(type.getElementType().isInteger(32)
                               ? "expects the tokens of the call, the first "
                                 "argument, got "
                               : "expects rows of activations, got ")
           << type;
  if (!type.isDynamicDim(0) && type.getDimSize(0) != signature.tokenCount)
    return op->emitOpError("expects a row for each token, got ") << type;
  return success();
}

LogicalResult EntryVerifier::verifyDestinations(ComputeOpInterface op) {
  SmallPtrSet<Value, 4> destinations;
  MutableOperandRange outs = op.getOutsMutable();
  for (OpOperand &out : outs)
    if (!destinations.insert(out.get()).second)
      return op->emitOpError("expects a destination for each result, got one "
                             "for two");
  if (destinations.contains(signature.output))
    return verifyOutput(op);
  if (op.getSelection())
    return op->emitOpError("computes the rows that want logits, expects to "
                           "write the output");
  return success();
}

LogicalResult EntryVerifier::verifyOutput(ComputeOpInterface op) {
  if (signature.givesStates) {
    if (op.getSelection())
      return op->emitOpError("computes the rows that want logits, expects a "
                             "row for each token: the output has states");
    return success();
  }
  if (signature.tokenCount != 1 && !op.getSelection())
    return op->emitOpError("computes a row for each token, expects only those "
                           "that want logits: the output has no other");
  if (signature.getCandidates() && op.getColumns() != model.vocab)
    return op->emitOpError("expects to compare the vocabulary's ")
           << model.vocab << " columns, got " << op.getColumns();
  return success();
}

/// What is read, something has written: a buffer by another operation before,
/// a layer of the cache perhaps by the operation itself.
LogicalResult EntryVerifier::verifyReads(ComputeOpInterface op,
                                         ArrayRef<Access> accesses) {
  for (const Access &access : accesses)
    if (access.isOfCache() && access.writes)
      appended.insert(access.layer);
  for (const Access &access : accesses) {
    Value value = access.getValue();
    if (access.writes || !isa<MemRefType, KVCacheType>(value.getType()))
      continue;
    if (access.isOfCache()) {
      attended.insert(access.layer);
      if (!appends(access.layer))
        return op->emitOpError("reads layer ")
               << access.layer
               << " of the cache, to which nothing has appended the rows";
    } else if (value != signature.tokens && !written.contains(value)) {
      return op->emitOpError("reads operand ")
             << access.operand->getOperandNumber()
             << ", which nothing has written";
    }
  }
  return success();
}

/// A row of 64 quantised columns has as many bytes as one of 96.
LogicalResult EntryVerifier::verifyQuantized(ComputeOpInterface op,
                                             const Access &access) {
  SmallVector<int64_t> counts;
  if (!access.writes) {
    if (access.operand->getOperandNumber() == 0)
      for (Value matrix : op.getMatrices())
        counts.push_back(cast<WeightType>(matrix.getType()).getCols());
  } else if (MutableOperandRange(op.getOutsMutable()).size() == 1) {
    counts.push_back(op.getColumns());
  }
  if (counts.empty())
    return op->emitOpError("expects quantised rows to be its only result, or "
                           "to be multiplied by matrices");
  for (int64_t count : counts) {
    int64_t known =
        quantizedColumns.try_emplace(access.getValue(), count).first->second;
    if (known != count)
      return op->emitOpError("expects quantised rows of ")
             << count << " columns, got " << known;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

/// A position that one entry attends to may have been computed by another, and
/// the caller calls whichever suits the number of tokens.
static LogicalResult verifyTogether(ArrayRef<EntryVerifier> entries) {
  const EntrySignature &first = entries.front().getSignature();
  for (const EntryVerifier &entry : entries) {
    func::FuncOp function = entry.getFunction();
    const EntrySignature &signature = entry.getSignature();
    if (signature.cache.getType() != first.cache.getType())
      return emitBriefError(function)
             << "expects one type of cache, got " << first.cache.getType()
             << " and " << signature.cache.getType();
    bool giveTheSame = signature.givesStates || first.givesStates ||
                       signature.getCandidates() == first.getCandidates();
    if (!giveTheSame)
      return emitBriefError(function)
             << "expects as many candidates as other entries give, "
             << first.getCandidates() << ", got " << signature.getCandidates();
    for (const EntryVerifier &other : entries)
      for (int64_t layer : other.getAttended())
        if (!entry.appends(layer))
          return emitBriefError(function)
                 << "expects to append to layer " << layer
                 << " of the cache, which @"
                 << func::FuncOp(other.getFunction()).getName() << " reads";
  }
  return success();
}

static LogicalResult verifyContract(ModuleOp module) {
  auto model =
      module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
  if (!model)
    return emitBriefError(module) << "expects the attribute '"
                                  << IgnisDialect::getModelAttrName() << "'";
  if (failed(checkScheduled(module)))
    return failure();
  for (NamedAttribute attribute : module->getDiscardableAttrs())
    if (attribute.getName() != IgnisDialect::getModelAttrName())
      return emitBriefError(module) << "expects no attribute '"
                                    << attribute.getName().getValue() << "'";
  LogicalResult result = success();
  std::vector<EntryVerifier> entries;
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function)
      return emitBriefError(&op) << "has no place beside a program's functions";
    FailureOr<EntrySignature> signature = EntrySignature::get(function);
    if (succeeded(signature))
      entries.emplace_back(function, *signature, model);
    if (failed(signature) || failed(entries.back().verify()))
      result = failure();
  }
  if (failed(result))
    return failure();
  if (entries.empty())
    return emitBriefError(module) << "expects a function";
  return verifyTogether(entries);
}

namespace {
struct VerifyContract final : ignis::impl::VerifyContractBase<VerifyContract> {
  void runOnOperation() override {
    if (failed(verifyContract(getOperation())))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
