//===- PlanMemory.cpp - Place buffers in one arena ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plan itself is made by Analysis/MemoryPlan; here buffers become
// intervals, and offsets become IR.
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/MinimalAttr.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Drawing/PlanReport.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Transforms/Passes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Remarks.h"

namespace ignis {
#define GEN_PASS_DEF_PLANMEMORY
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

/// Refutations of more steps than this are not kept in the IR.
static constexpr size_t maxProofSteps = 10000;

//===----------------------------------------------------------------------===//
// From buffers to intervals and back
//===----------------------------------------------------------------------===//

/// The buffers of one alias class as one interval.
static SmallVector<Interval> getIntervals(ArrayRef<Buffer> buffers,
                                          ArrayRef<size_t> classOf,
                                          SmallVectorImpl<size_t> &intervalOf) {
  SmallVector<Interval> intervals;
  DenseMap<size_t, size_t> ofClass;
  for (auto [buffer, aliasClass] : llvm::zip(buffers, classOf)) {
    Interval interval{buffer.size, buffer.firstPhase, buffer.lastPhase};
    auto [it, isNew] = ofClass.try_emplace(aliasClass, intervals.size());
    if (isNew) {
      intervals.push_back(interval);
    } else {
      Interval &whole = intervals[it->second];
      whole.first = std::min(whole.first, interval.first);
      whole.last = std::max(whole.last, interval.last);
    }
    intervalOf.push_back(it->second);
  }
  return intervals;
}

/// Why the plan is minimal, as far as it is and can be shown in few words.
static PlanReport::Proof prove(ArrayRef<Interval> intervals,
                               const PlanReport &report) {
  PlanReport::Proof proof;
  if (report.plan.pieces == report.lowerBound) {
    for (LinearForm piece : report.plan.pieces)
      for (int64_t phase = 0; phase < std::max<int64_t>(report.phaseCount, 1);
           ++phase) {
        LinearForm sum;
        for (const Interval &interval : intervals)
          if (interval.first <= phase && phase <= interval.last)
            sum += interval.size;
        if (sum != piece)
          continue;
        proof.phases.push_back(phase);
        break;
      }
    return proof;
  }
  int64_t height = maximumAt(report.plan.pieces, report.maxTokens);
  if (report.plan.placed.proven == height)
    proof.refutation =
        refute(getBlocks(intervals, report.maxTokens), report.plan.placed.order,
               height - 1, maxProofSteps);
  return proof;
}

/// Plans `function`; everything about it that outlives its allocations.
static PlanReport plan(func::FuncOp function, const Liveness &liveness,
                       StringRef mode, bool inPlace, int64_t maxTokens) {
  PlanReport report;
  report.function = function.getName();
  report.mode = mode;
  report.inPlace = inPlace && mode != "none";
  report.maxTokens = maxTokens;
  report.staticTokens = getStaticTokens(function);
  report.phaseCount = liveness.getPhases().size();
  for (auto [number, phase] : llvm::enumerate(liveness.getPhases()))
    for (ComputeOpInterface op : phase)
      report.ops.push_back(
          {getDisplayName(op).str(), static_cast<int64_t>(number)});

  ArrayRef<Buffer> buffers = liveness.getBuffers();
  SmallVector<size_t> classOf =
      report.inPlace ? liveness.findInPlace()
                     : llvm::to_vector(llvm::seq<size_t>(0, buffers.size()));
  SmallVector<size_t> intervalOf;
  SmallVector<Interval> intervals = getIntervals(buffers, classOf, intervalOf);
  if (mode == "none")
    report.plan = planSeparate(intervals, maxTokens);
  else if (mode == "slots")
    report.plan = planSlots(intervals, maxTokens);
  else
    report.plan = planArena(intervals, maxTokens);
  report.lowerBound = getLowerBound(intervals, maxTokens);
  if (mode == "arena")
    report.proof = prove(intervals, report);

  for (auto [index, buffer] : llvm::enumerate(buffers))
    report.buffers.push_back(
        {buffer.uses.empty() ? "unused" : report.ops[buffer.firstOp].name,
         buffer.size, report.plan.offsets[intervalOf[index]], buffer.firstPhase,
         buffer.lastPhase, buffer.firstOp, buffer.lastOp, classOf[index]});
  return report;
}

//===----------------------------------------------------------------------===//
// IR
//===----------------------------------------------------------------------===//

/// What the tokens are counted by, or null if no size depends on them.
static Value findTokens(const Liveness &liveness) {
  for (const Buffer &buffer : liveness.getBuffers())
    for (Value size :
         buffer.value.getDefiningOp<memref::AllocOp>().getDynamicSizes())
      return size.getDefiningOp<memref::DimOp>().getSource();
  return {};
}

/// offset.perToken * tokens + offset.constant
static Value createOffset(ImplicitLocOpBuilder &builder, LinearForm offset,
                          function_ref<Value()> tokens) {
  Value value = arith::ConstantIndexOp::create(builder, offset.constant);
  if (offset.perToken == 0)
    return value;
  Value perToken = arith::ConstantIndexOp::create(builder, offset.perToken);
  Value scaled = arith::MulIOp::create(builder, tokens(), perToken);
  if (offset.constant == 0)
    return scaled;
  return arith::AddIOp::create(builder, scaled, value);
}

static DictionaryAttr getProof(Builder &builder, const PlanReport &report) {
  const PlanReport::Proof &proof = report.proof;
  auto name = [&](StringRef text) { return builder.getStringAttr(text); };
  if (proof.refutation) {
    SmallVector<int64_t> order(proof.refutation->order.begin(),
                               proof.refutation->order.end());
    return builder.getDictionaryAttr(
        {{name("order"), builder.getI64ArrayAttr(order)},
         {name("steps"), name(printSteps(proof.refutation->steps))},
         {name("tokens"), builder.getI64IntegerAttr(report.maxTokens)}});
  }
  if (!proof.phases.empty())
    return builder.getDictionaryAttr(
        {{name("phases"), builder.getI64ArrayAttr(proof.phases)}});
  return nullptr;
}

static LogicalResult replaceAllocations(func::FuncOp function,
                                        const Liveness &liveness,
                                        const PlanReport &report) {
  Builder attributes(function.getContext());
  auto arenaType =
      MemRefType::get({ShapedType::kDynamic}, attributes.getI8Type());
  unsigned index = function.getNumArguments();
  if (failed(function.insertArgument(
          index, arenaType, {},
          NameLoc::get(attributes.getStringAttr("arena")))))
    return failure();
  Value arena = function.getArgument(index);

  // A buffer of static size may lie above others that grow with the tokens,
  // whose number it is not given.
  Value tokens = findTokens(liveness), tokenCount;
  for (auto [buffer, planned] :
       llvm::zip(liveness.getBuffers(), report.buffers)) {
    auto alloc = buffer.value.getDefiningOp<memref::AllocOp>();
    ImplicitLocOpBuilder builder(alloc.getLoc(), alloc);
    Value offset = createOffset(builder, planned.offset, [&]() -> Value {
      if (!alloc.getDynamicSizes().empty())
        return alloc.getDynamicSizes()[0];
      if (!tokenCount) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(&function.front());
        tokenCount = memref::DimOp::create(builder, tokens, 0);
      }
      return tokenCount;
    });
    Value view = memref::ViewOp::create(builder, alloc.getType(), arena, offset,
                                        alloc.getDynamicSizes());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }

  SmallVector<Attribute> sizes;
  for (LinearForm piece : report.plan.pieces)
    sizes.push_back(
        attributes.getI64ArrayAttr({piece.perToken, piece.constant}));
  function->setAttr(arenaAttrName, attributes.getArrayAttr(sizes));
  if (DictionaryAttr proof = getProof(attributes, report))
    function->setAttr(minimalAttrName, proof);
  return success();
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct PlanMemory final : ignis::impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    if (failed(checkOptions()))
      return signalPassFailure();
    std::vector<PlanReport> reports;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (computesActivations(function) &&
          failed(planFunction(function, reports)))
        return signalPassFailure();
    if (failed(write(report, reports, writePlanAsJSON)) ||
        failed(write(svg, reports, writePlanAsSVG)))
      signalPassFailure();
  }

private:
  LogicalResult checkOptions() {
    if (mode != "arena" && mode != "slots" && mode != "none")
      return emitError(getOperation().getLoc(),
                       "expects mode arena, slots or none, got ")
             << std::string(mode);
    return checkMaxTokens(getOperation(), maxTokens);
  }

  LogicalResult planFunction(func::FuncOp function,
                             std::vector<PlanReport> &reports) {
    if (function->hasAttr(arenaAttrName))
      return emitBriefError(function) << "is planned already";
    if (!SymbolTable::symbolKnownUseEmpty(function, getOperation()))
      return emitBriefError(function)
             << "is called: an arena argument cannot be added";
    FailureOr<Liveness> liveness = Liveness::compute(function);
    if (failed(liveness))
      return failure();
    reports.push_back(plan(function, *liveness, mode, inPlace, maxTokens));
    // For the curious only: nothing of it goes into the program.
    if (!report.empty() && mode == "arena" && inPlace &&
        liveness->getPhases().size() == size_t(liveness->getOpCount()))
      reports.back().joint = planJointly(*liveness, maxTokens);
    remarkOn(function, reports.back());
    return replaceAllocations(function, *liveness, reports.back());
  }

  void remarkOn(func::FuncOp function, const PlanReport &plan) {
    numBuffers += plan.buffers.size();
    numSearchSteps += plan.plan.placed.steps;
    for (auto [index, buffer] : llvm::enumerate(plan.buffers))
      numInPlace += buffer.aliasClass != index;

    auto options = remark::RemarkOpts::name(getArgument())
                       .category("ignis-memory")
                       .function(plan.function);
    for (int64_t tokens : plan.getCheckpoints()) {
      int64_t peak = maximumAt(plan.plan.pieces, tokens);
      int64_t bound = maximumAt(plan.lowerBound, tokens);
      auto remark = peak == bound ? remark::passed(function.getLoc(), options)
                                  : remark::missed(function.getLoc(), options);
      remark << remark::metric("Tokens", tokens) << remark::metric("Peak", peak)
             << remark::metric("LowerBound", bound);
    }
  }

  template <typename Writer>
  LogicalResult write(StringRef path, ArrayRef<PlanReport> reports,
                      Writer writer) {
    if (path.empty())
      return success();
    std::string text;
    llvm::raw_string_ostream stream(text);
    writer(reports, stream);
    if (ignis::Expected<void> written = writeFile(path.str(), text); !written)
      return emitError(getOperation().getLoc(), written.error().message);
    return success();
  }
};
} // namespace
