//===- ValueList.cpp - Where a call leaves what it computes ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing is added to the program: without a plan, every value has memory of
// its own in the arena, where it still is when the call is done.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/ValueList.h"

#include "Compilation.h"
#include "ConvertError.h"

#include "ignis/Analysis/Storage.h"
#include "ignis/Analysis/ThreadAccess.h"
#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace llvm;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// What a line of text calls the value that its operation computes, without the
/// number by which the printer tells values of one name apart: of
/// `  %blk.0.attn_norm_3 = ...` and of `... outs(%blk.0.attn_norm_3) ...`
/// blk.0.attn_norm. Empty for none, and for a mere number.
static StringRef findWrittenName(StringRef line) {
  StringRef name = line.ltrim();
  if (!name.consume_front("%")) {
    auto [before, outs] = line.split("outs(%");
    name = outs;
  }
  name = name.take_while([](char c) {
    return isAlnum(c) || c == '_' || c == '.' || c == '$' || c == '-';
  });
  if (all_of(name, isDigit))
    return {};
  auto [stem, number] = name.rsplit('_');
  bool isNumbered = !number.empty() && all_of(number, isDigit);
  return isNumbered && !stem.empty() ? stem : name;
}

/// Gives operations the names that values have in the text, which MLIR forgets
/// as it reads them.
static void restoreNames(mlir::ModuleOp module, StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  module.walk([&](ComputeOpInterface op) {
    auto at = dyn_cast<mlir::FileLineColLoc>(op.getLoc());
    if (!at || at.getLine() == 0 || at.getLine() > lines.size())
      return;
    StringRef name = findWrittenName(lines[at.getLine() - 1]);
    if (!name.empty())
      op->setLoc(
          mlir::NameLoc::get(mlir::StringAttr::get(op.getContext(), name), at));
  });
}

static std::string describePlace(mlir::Location location) {
  auto at = location->findInstanceOf<mlir::FileLineColLoc>();
  if (!at)
    return "";
  return fmt::format("{}:{}:{}", at.getFilename().getValue().str(),
                     at.getLine(), at.getColumn());
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// The columns of quantised rows in `buffer`, which only who reads them knows;
/// 0 if nobody does.
static int64_t findQuantizedColumns(mlir::Value buffer) {
  for (mlir::Operation *user : buffer.getUsers())
    if (auto op = dyn_cast<ComputeOpInterface>(user);
        op && op->getOperand(0) == buffer)
      for (mlir::Value matrix : op.getMatrices())
        return cast<WeightType>(matrix.getType()).getCols();
  return 0;
}

static void setElement(ListedValue &value, mlir::Value buffer) {
  auto type = cast<mlir::MemRefType>(buffer.getType());
  mlir::Type element = type.getElementType();
  value.columns = type.getShape().back();
  value.rowBytes =
      value.columns * static_cast<int64_t>(element.getIntOrFloatBitWidth() / 8);
  if (element.isF32())
    return;
  value.element = element.isInteger(64) ? ListedValue::Element::Key
                                        : ListedValue::Element::Bytes;
  if (int64_t columns = findQuantizedColumns(buffer);
      columns != 0 && element.isInteger(8)) {
    value.element = ListedValue::Element::Q8;
    value.columns = columns;
  }
}

static mlir::LogicalResult listResults(ComputeOpInterface op,
                                       std::vector<ListedValue> &values) {
  ListedValue common;
  common.function =
      op->getParentOfType<mlir::func::FuncOp>().getSymName().str();
  common.name = getDisplayName(op).str();
  common.operation = op->getName().getStringRef().str();
  common.location = describePlace(op.getLoc());
  for (const Access &access : op.getAccesses())
    if (access.isOfCache() && access.writes) {
      ListedValue &value = values.emplace_back(common);
      value.place = ListedValue::Place::Cache;
      value.layer = access.layer;
    }
  for (mlir::OpOperand &out : op.getOutsMutable()) {
    ListedValue value = common;
    setElement(value, out.get());
    if (auto view = out.get().getDefiningOp<mlir::memref::ViewOp>()) {
      FailureOr<Slice> slice = getSlice(view);
      if (failed(slice))
        return failure();
      value.perToken = slice->offset.perToken;
      value.constant = slice->offset.constant;
    } else if (isa<mlir::BlockArgument>(out.get())) {
      value.place = ListedValue::Place::Output;
    } else {
      continue; // a thread's own
    }
    values.push_back(std::move(value));
  }
  return success();
}

ignis::Expected<std::vector<ListedValue>>
ignis::listValues(const ProgramSource &source, const CompileOptions &options) {
  auto target = ignis::Target::host(options.isa);
  if (!target)
    return convertError(target.takeError());
  auto loaded = LoadedSource::load(source);
  if (!loaded)
    return convertError(loaded.takeError());
  Compilation compilation(options, *target);
  if (llvm::Error error = compilation.begin(*loaded))
    return convertError(std::move(error));
  if (compilation.getStage() > Stage::Scheduled)
    return makeError(ExitCode::Usage,
                     "{}: expects a program at most scheduled, which has "
                     "operations, found one of the LLVM dialect",
                     source.path);
  bool isPlanned = compilation.getStage() >= Stage::Planned;
  if (loaded->text)
    restoreNames(compilation.getModule(), loaded->text->getBuffer());
  if (llvm::Error error = compilation.runTo(Stage::Scheduled))
    return convertError(std::move(error));

  std::vector<ListedValue> values;
  mlir::WalkResult walked =
      compilation.getModule().walk([&](ComputeOpInterface op) {
        return mlir::WalkResult(listResults(op, values));
      });
  if (walked.wasInterrupted())
    return makeError(ExitCode::Failure, "{}: a value's place is not known",
                     source.path);
  if (isPlanned)
    std::erase_if(values, [](const ListedValue &value) {
      return value.place == ListedValue::Place::Arena;
    });
  return values;
}
