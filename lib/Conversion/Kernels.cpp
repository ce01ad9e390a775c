//===- Kernels.cpp - The functions that are generated ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel walks over the rows of its range and, in each, over the columns:
// sixteen at a time, or a block of 32 where the result is quantised.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

ElementwiseCode::ElementwiseCode(ElementwiseOpInterface op)
    : name(op.getKernelName()),
      emit([op](VectorCode &code, ValueRange inputs) mutable {
        return op.emitElements(code, inputs);
      }) {}

static std::string getKindName(const Kernel &kernel) {
  switch (kernel.kind) {
  case KernelKind::Elementwise:
    return kernel.code.name;
  case KernelKind::RMSNormalize:
    return "rms_normalize";
  case KernelKind::RMSNorm:
    return "rms_norm";
  case KernelKind::Rope:
    return "rope";
  }
  llvm_unreachable("covered switch");
}

static bool isNorm(KernelKind kind) {
  return kind == KernelKind::RMSNormalize || kind == KernelKind::RMSNorm;
}

SmallVector<Type> Kernel::getParameters() const {
  Builder builder(result.getContext());
  if (isNorm(kind))
    return {builder.getF32Type()};
  if (kind == KernelKind::Rope)
    return {MemRefType::get({ShapedType::kDynamic, 2, headDim / 2},
                            builder.getF32Type()),
            MemRefType::get(ShapedType::kDynamic, builder.getI64Type())};
  return {};
}

std::string Kernel::getName() const {
  std::string name = getKindName(*this) + "_" + std::to_string(columns);
  if (headDim != 0)
    name += "_heads_of_" + std::to_string(headDim);
  int64_t width = cast<MemRefType>(inputs.front()).getDimSize(1);
  if (width != columns)
    name += "_from_" + std::to_string(width);
  if (isQuantized() && code.name != quantizeFormula.name)
    name += "_q8";
  return name;
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

namespace {
/// A kernel's arguments by what they are.
struct Arguments {
  ValueRange inputs;
  Value result;
  ValueRange parameters;
  Value rowBegin, rowEnd, columnBegin, columnEnd;

  Arguments(const Kernel &kernel, Block &entry) {
    ValueRange all = entry.getArguments();
    size_t count = kernel.inputs.size();
    inputs = all.take_front(count);
    result = all[count];
    parameters = all.slice(count + 1, kernel.getParameters().size());
    ValueRange range = all.take_back(4);
    rowBegin = range[0], rowEnd = range[1];
    columnBegin = range[2], columnEnd = range[3];
  }
};
} // namespace

/// Emits `for i = begin .. end, step` around what `body` emits.
static void emitLoop(VectorCode &code, Value begin, Value end, int64_t step,
                     function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(code, begin, end, code.index(step));
  OpBuilder::InsertionGuard guard(code);
  code.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

namespace {
/// What a norm takes for a row: `count` columns of a row from `begin` on.
struct Group {
  Value row, begin;
  int64_t count;
};
} // namespace

/// 1 / sqrt(mean of the group's squares + eps).
static Value emitRoot(VectorCode &code, const Arguments &arguments,
                      const Group &group) {
  Value end = arith::AddIOp::create(code, group.begin, code.index(group.count));
  auto loop = scf::ForOp::create(code, group.begin, end,
                                 code.index(VectorCode::lanes), code.zero());
  {
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(loop.getBody());
    Value x =
        code.load(arguments.inputs[0], {group.row, loop.getInductionVar()});
    Value squares = code.fma(x, x, loop.getRegionIterArg(0));
    scf::YieldOp::create(code, squares);
  }
  return code.reciprocalRoot(code.sum(loop.getResult(0)), group.count,
                             arguments.parameters[0]);
}

/// Sixteen elements of the result, `column` the first. `root` is the norms'.
static Value emitElements(VectorCode &code, const Kernel &kernel,
                          const Arguments &arguments, Value root,
                          const Group &group, Value column) {
  // A vector has one row for all, and for all heads where there are any.
  Value inGroup =
      kernel.headDim == 0
          ? column
          : arith::SubIOp::create(code, column, group.begin).getResult();
  auto input = [&](int64_t i) {
    Value buffer = arguments.inputs[i];
    auto type = cast<MemRefType>(buffer.getType());
    if (type.getRank() == 1)
      return code.load(buffer, inGroup);
    if (type.getDimSize(1) == kernel.columns)
      return code.load(buffer, {group.row, column});
    Value inPart = arith::SubIOp::create(code, column, arguments.columnBegin);
    return code.load(buffer, {group.row, inPart});
  };
  switch (kernel.kind) {
  case KernelKind::Elementwise: {
    auto count = llvm::seq<int64_t>(0, arguments.inputs.size());
    return kernel.code.emit(code, llvm::map_to_vector(count, input));
  }
  case KernelKind::RMSNormalize:
    return code.mul(input(0), root);
  case KernelKind::RMSNorm:
    return code.mul(code.mul(input(0), root), input(1));
  case KernelKind::Rope:
    break;
  }
  llvm_unreachable("rope has pairs, not elements");
}

/// Columns begin .. end - 1, which lie in `group`.
static void emitGroup(VectorCode &code, const Kernel &kernel,
                      const Arguments &arguments, const Group &group,
                      Value begin, Value end) {
  Value root;
  if (isNorm(kernel.kind))
    root = code.splat(emitRoot(code, arguments, group));
  auto elements = [&](Value column) {
    return emitElements(code, kernel, arguments, root, group, column);
  };
  int64_t step =
      kernel.isQuantized() ? VectorCode::blockValues : VectorCode::lanes;
  emitLoop(code, begin, end, step, [&](Value column) {
    Value low = elements(column);
    if (!kernel.isQuantized())
      return code.store(low, arguments.result, {group.row, column});
    Value next =
        arith::AddIOp::create(code, column, code.index(VectorCode::lanes));
    code.quantize(low, elements(next), arguments.result, group.row, column,
                  kernel.columns);
  });
}

static void emitElementwiseRow(VectorCode &code, const Kernel &kernel,
                               const Arguments &arguments, Value row) {
  if (kernel.headDim == 0)
    return emitGroup(code, kernel, arguments,
                     {row, code.index(0), kernel.columns},
                     arguments.columnBegin, arguments.columnEnd);
  emitLoop(code, arguments.columnBegin, arguments.columnEnd, kernel.headDim,
           [&](Value head) {
             Value end =
                 arith::AddIOp::create(code, head, code.index(kernel.headDim));
             emitGroup(code, kernel, arguments, {row, head, kernel.headDim},
                       head, end);
           });
}

/// Turns each head of the range: element i of its first half with element i of
/// its second.
static void emitRopeRow(VectorCode &code, const Kernel &kernel,
                        const Arguments &arguments, Value row) {
  int64_t half = kernel.headDim / 2;
  Value table = arguments.parameters[0];
  Value position = arith::IndexCastOp::create(
      code, code.getIndexType(),
      memref::LoadOp::create(code, arguments.parameters[1], row));
  auto turn = [&](Value head, int64_t i) {
    Value first = arith::AddIOp::create(code, head, code.index(i));
    Value second = arith::AddIOp::create(code, first, code.index(half));
    Value a = code.load(arguments.inputs[0], {row, first});
    Value b = code.load(arguments.inputs[0], {row, second});
    Value c = code.load(table, {position, code.index(0), code.index(i)});
    Value s = code.load(table, {position, code.index(1), code.index(i)});
    code.store(code.fma(a, c, code.negate(code.mul(b, s))), arguments.result,
               {row, first});
    code.store(code.fma(b, c, code.mul(a, s)), arguments.result, {row, second});
  };
  emitLoop(code, arguments.columnBegin, arguments.columnEnd, kernel.headDim,
           [&](Value head) {
             for (int64_t i = 0; i < half; i += VectorCode::lanes)
               turn(head, i);
           });
}

func::FuncOp ignis::getOrGenerateKernel(ProgramModule &program,
                                        const Kernel &kernel) {
  std::string name = kernel.getName();
  func::FuncOp &known = program.kernels[name];
  if (known)
    return known;

  ModuleOp module = program.module;
  VectorCode code(module.getLoc(), module.getContext());
  SmallVector<Type> types = kernel.inputs;
  types.push_back(kernel.result);
  llvm::append_range(types, kernel.getParameters());
  types.append(4, code.getIndexType());
  auto function = func::FuncOp::create(module.getLoc(), name,
                                       code.getFunctionType(types, {}));
  function.setPrivate();
  SymbolTable(module).insert(function); // renames it if need be
  known = function;
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(module.getContext(), LLVM::Linkage::Internal));

  code.setInsertionPointToStart(function.addEntryBlock());
  Arguments arguments(kernel, function.front());
  emitLoop(code, arguments.rowBegin, arguments.rowEnd, 1, [&](Value row) {
    if (kernel.kind == KernelKind::Rope)
      emitRopeRow(code, kernel, arguments, row);
    else
      emitElementwiseRow(code, kernel, arguments, row);
  });
  func::ReturnOp::create(code);
  return function;
}
