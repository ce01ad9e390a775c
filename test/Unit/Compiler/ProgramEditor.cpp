//===- ProgramEditor.cpp - Edits of programs, most of them wrong ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramEditor.h"

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace ignis;
using namespace ignis::test;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

int64_t ProgramEditor::pickNumber(int64_t old) {
  const int64_t numbers[] = {0,       1,       2,         3,         -1,
                             32,      64,      96,        -64,       1 << 20,
                             old + 1, old - 1, old + 32,  old - 32,  old + 64,
                             old * 2, old / 2, old + 256, old - 256, INT64_MAX};
  return numbers[pick(std::size(numbers))];
}

/// With other sizes, or other elements.
Type ProgramEditor::retype(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || shaped.getRank() == 0)
    return type;
  Builder types(type.getContext());
  const Type elements[] = {types.getF32Type(), types.getI8Type(),
                           types.getI32Type(), types.getI64Type(),
                           types.getF16Type()};
  if (pick(5) == 0)
    return shaped.clone(elements[pick(std::size(elements))]);
  SmallVector<int64_t> sizes(shaped.getShape());
  int64_t &size = sizes[pick(sizes.size())];
  int64_t found = ShapedType::isDynamic(size) ? 1 : size;
  size = pick(4) == 0 ? ShapedType::kDynamic
                      : std::max<int64_t>(pickNumber(found), 0);
  return shaped.clone(sizes);
}

Operation *
ProgramEditor::pickOperation(function_ref<bool(Operation *)> matches) {
  SmallVector<Operation *> found;
  for (auto function : module.getOps<func::FuncOp>())
    function.getBody().walk([&](Operation *op) {
      if (matches(op))
        found.push_back(op);
    });
  return found.empty() ? nullptr : found[pick(found.size())];
}

Value ProgramEditor::pickValue(Operation *near,
                               function_ref<bool(Value)> matches) {
  SmallVector<Value> found;
  auto consider = [&](Value value) {
    if (matches(value))
      found.push_back(value);
  };
  auto function = near->getParentOfType<func::FuncOp>();
  llvm::for_each(function.getArguments(), consider);
  function.getBody().walk([&](Operation *op) {
    if (op != near)
      llvm::for_each(op->getResults(), consider);
  });
  return found.empty() ? Value() : found[pick(found.size())];
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static bool isTerminator(Operation *op) {
  return op->hasTrait<OpTrait::IsTerminator>();
}

/// Within its function: what it uses has no name in another.
static bool canStandBefore(Operation *op, Operation *place) {
  return !op->isAncestor(place) && op->getParentOfType<func::FuncOp>() ==
                                       place->getParentOfType<func::FuncOp>();
}

bool ProgramEditor::eraseOperation() {
  Operation *op =
      pickOperation([](Operation *op) { return !isTerminator(op); });
  if (!op)
    return false;
  for (Value result : op->getResults())
    if (Value other = pickValue(op, [&](Value value) {
          return value.getType() == result.getType();
        }))
      result.replaceAllUsesWith(other);
  if (!op->use_empty())
    return false;
  op->erase();
  return true;
}

bool ProgramEditor::cloneOperation() {
  Operation *op =
      pickOperation([](Operation *op) { return !isTerminator(op); });
  Operation *place = pickOperation();
  if (!op || !canStandBefore(op, place))
    return false;
  OpBuilder builder(place);
  builder.clone(*op);
  return true;
}

bool ProgramEditor::moveOperation() {
  Operation *op =
      pickOperation([](Operation *op) { return !isTerminator(op); });
  Operation *place = pickOperation();
  if (!op || !canStandBefore(op, place))
    return false;
  op->moveBefore(place);
  return true;
}

bool ProgramEditor::emptyFunction() {
  Operation *op = pickOperation(isTerminator);
  if (!op || op->getNumOperands() != 0 || !isa<func::FuncOp>(op->getParentOp()))
    return false;
  Block *block = op->getBlock();
  while (&block->front() != op) {
    Operation *last = op->getPrevNode();
    last->dropAllUses();
    last->erase();
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static bool hasOperands(Operation *op) { return op->getNumOperands() != 0; }

bool ProgramEditor::replaceByAlike() {
  Operation *op = pickOperation(hasOperands);
  if (!op)
    return false;
  OpOperand &operand = op->getOpOperand(pick(op->getNumOperands()));
  Value other = pickValue(op, [&](Value value) {
    return value != operand.get() && value.getType() == operand.get().getType();
  });
  if (other)
    operand.set(other);
  return other != nullptr;
}

bool ProgramEditor::replaceByAny() {
  Operation *op = pickOperation(hasOperands);
  if (!op)
    return false;
  OpOperand &operand = op->getOpOperand(pick(op->getNumOperands()));
  auto elementOf = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped ? shaped.getElementType() : type;
  };
  bool anyElement = pick(4) == 0;
  Value other = pickValue(op, [&](Value value) {
    return value != operand.get() &&
           (anyElement ||
            elementOf(value.getType()) == elementOf(operand.get().getType()));
  });
  if (other)
    operand.set(other);
  return other != nullptr;
}

bool ProgramEditor::eraseOperand() {
  Operation *op = pickOperation(hasOperands);
  if (!op)
    return false;
  if (auto product = dyn_cast<MatmulOp>(op)) {
    MutableOperandRange ranges[] = {product.getBiasMutable(),
                                    product.getResidualMutable(),
                                    product.getOutsMutable()};
    ranges[pick(std::size(ranges))].clear();
  } else {
    op->eraseOperand(pick(op->getNumOperands()));
    malformed = true;
  }
  return true;
}

bool ProgramEditor::toggleSelection() {
  Operation *op = pickOperation(llvm::IsaPred<ComputeOpInterface>);
  if (!op)
    return false;
  auto toggle = [&](MutableOperandRange selection) {
    if (!selection.empty())
      selection.clear();
    else
      selection.assign(pickValue(
          op, [](Value value) { return isa<RowsType>(value.getType()); }));
    return true;
  };
  if (auto product = dyn_cast<MatmulOp>(op))
    return toggle(product.getSelectionMutable());
  if (auto head = dyn_cast<MatmulArgmaxOp>(op))
    return toggle(head.getSelectionMutable());
  if (auto argmax = dyn_cast<ArgmaxOp>(op))
    return toggle(argmax.getSelectionMutable());
  return false;
}

//===----------------------------------------------------------------------===//
// Numbers, types and attributes
//===----------------------------------------------------------------------===//

bool ProgramEditor::replaceNumber() {
  Operation *op = pickOperation(llvm::IsaPred<arith::ConstantOp>);
  auto old = op ? op->getAttrOfType<IntegerAttr>("value") : IntegerAttr();
  if (!old)
    return false;
  op->setAttr("value",
              IntegerAttr::get(old.getType(), pickNumber(old.getInt())));
  return true;
}

bool ProgramEditor::replaceAttribute() {
  Operation *op = pickOperation([](Operation *op) {
    return isa<ComputeOpInterface>(op) &&
           llvm::any_of(op->getAttrs(), [](NamedAttribute attribute) {
             return isa<IntegerAttr>(attribute.getValue());
           });
  });
  if (!op)
    return false;
  for (NamedAttribute attribute : op->getAttrs())
    if (auto old = dyn_cast<IntegerAttr>(attribute.getValue()))
      op->setAttr(attribute.getName(),
                  IntegerAttr::get(old.getType(), pickNumber(old.getInt())));
  return true;
}

bool ProgramEditor::replaceShare() {
  Operation *op = pickOperation(llvm::IsaPred<ComputeOpInterface>);
  if (!op)
    return false;
  auto kind = static_cast<ShareKind>(pick(3));
  int64_t parts = kind == ShareKind::Columns ? 1 + pick(8) : 0;
  cast<ComputeOpInterface>(op).setShareAttr(
      ShareAttr::get(op->getContext(), kind, parts));
  return true;
}

bool ProgramEditor::renameWeight() {
  Operation *op = pickOperation(llvm::IsaPred<WeightOp>);
  Operation *other = pickOperation(llvm::IsaPred<WeightOp>);
  if (!op || op == other)
    return false;
  cast<WeightOp>(op).setName(cast<WeightOp>(other).getName());
  if (pick(2) == 0)
    op->getResult(0).setType(other->getResult(0).getType());
  return true;
}

bool ProgramEditor::retypeWeight() {
  Operation *op = pickOperation(llvm::IsaPred<WeightOp>);
  if (!op)
    return false;
  WeightType type = cast<WeightOp>(op).getType();
  SmallVector<int64_t> shape(type.getShape());
  int64_t &size = shape[pick(shape.size())];
  size = pickNumber(size);
  auto other = WeightType::getChecked(
      [&] { return emitError(op->getLoc()); }, op->getContext(),
      ArrayRef<int64_t>(shape), type.getElement());
  if (other)
    op->getResult(0).setType(other);
  return other != nullptr;
}

bool ProgramEditor::retypeArgument() {
  Operation *op = pickOperation(isTerminator);
  if (!op)
    return false;
  auto function = op->getParentOfType<func::FuncOp>();
  BlockArgument argument =
      function.getArgument(pick(function.getNumArguments()));
  argument.setType(retype(argument.getType()));
  function.setType(FunctionType::get(op->getContext(),
                                     function.front().getArgumentTypes(),
                                     function.getResultTypes()));
  return true;
}

bool ProgramEditor::retypeView() {
  Operation *op =
      pickOperation(llvm::IsaPred<memref::ViewOp, memref::AllocaOp>);
  if (!op)
    return false;
  Value result = op->getResult(0);
  auto type = cast<MemRefType>(retype(result.getType()));
  int64_t before = cast<MemRefType>(result.getType()).getNumDynamicDims();
  int64_t after = type.getNumDynamicDims();
  result.setType(type);
  if (after < before)
    op->eraseOperands(op->getNumOperands() - 1, 1);
  Value size =
      pickValue(op, [](Value value) { return value.getType().isIndex(); });
  if (after > before && size)
    op->insertOperands(op->getNumOperands(), size);
  return true;
}

bool ProgramEditor::replaceArena() {
  Operation *op = pickOperation(isTerminator);
  auto function = op ? op->getParentOfType<func::FuncOp>() : func::FuncOp();
  if (!function || !function->hasAttr("ignis.arena"))
    return false;
  Builder builder(op->getContext());
  function->setAttr("ignis.arena",
                    builder.getArrayAttr({builder.getI64ArrayAttr(
                        {pickNumber(1024), pickNumber(0)})}));
  return true;
}

bool ProgramEditor::addAttribute() {
  Operation *op = pickOperation(isTerminator);
  if (!op)
    return false;
  auto function = op->getParentOfType<func::FuncOp>();
  Builder builder(op->getContext());
  if (pick(2) == 0)
    function->setAttr("llvm.emit_c_interface", builder.getUnitAttr());
  else
    function.setArgAttr(pick(function.getNumArguments()), "llvm.noalias",
                        builder.getUnitAttr());
  return true;
}

//===----------------------------------------------------------------------===//
// Edits
//===----------------------------------------------------------------------===//

StringRef ProgramEditor::edit() {
  static constexpr struct {
    StringRef name;
    Edit run;
  } edits[] = {
#define EDIT(name) {#name, &ProgramEditor::name}
      EDIT(eraseOperation),   EDIT(cloneOperation),  EDIT(moveOperation),
      EDIT(emptyFunction),    EDIT(replaceByAlike),  EDIT(replaceByAny),
      EDIT(eraseOperand),     EDIT(toggleSelection), EDIT(replaceNumber),
      EDIT(replaceAttribute), EDIT(replaceShare),    EDIT(renameWeight),
      EDIT(retypeWeight),     EDIT(retypeArgument),  EDIT(retypeView),
      EDIT(replaceArena),     EDIT(addAttribute),
#undef EDIT
  };
  while (true) {
    const auto &[name, run] = edits[pick(std::size(edits))];
    if ((this->*run)())
      return name;
  }
}
