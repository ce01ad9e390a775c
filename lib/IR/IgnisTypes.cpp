//===- IgnisTypes.cpp - Types and attributes of the dialect ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "ignis/Runtime/ABI.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

#define GET_ATTRDEF_CLASSES
#include "ignis/IR/IgnisAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "ignis/IR/IgnisTypes.cpp.inc"

void IgnisDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ignis/IR/IgnisTypes.cpp.inc"
      >();
}

void IgnisDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ignis/IR/IgnisAttributes.cpp.inc"
      >();
}

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// WeightType
//===----------------------------------------------------------------------===//

Type WeightType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  StringRef element;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/false) ||
      parser.parseKeyword(&element))
    return {};
  const WeightFormat *format =
      llvm::find_if(weightFormats, [&](const WeightFormat &format) {
        return element == format.name;
      });
  if (format == std::end(weightFormats)) {
    InFlightDiagnostic diagnostic = parser.emitError(loc, "expects ");
    llvm::interleaveComma(weightFormats, diagnostic,
                          [&](const WeightFormat &format) {
                            diagnostic << StringRef(format.name);
                          });
    diagnostic << ", got " << element;
    return {};
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<WeightType>(loc, parser.getContext(), shape,
                                       format->type);
}

void WeightType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  printer << 'x' << getFormatName() << '>';
}

const WeightFormat &WeightType::getFormat() const {
  return *findWeightFormat(getElement());
}

/// No tensor has more elements; below it, no computed size overflows.
static constexpr int64_t mostElements = int64_t(1) << 40;

LogicalResult WeightType::verify(EmitError emitError, ArrayRef<int64_t> shape,
                                 ignis_type element) {
  const WeightFormat *format = findWeightFormat(element);
  if (!format)
    return emitError() << "expects a format that has a name, got number "
                       << static_cast<int64_t>(element);
  if (shape.empty() || shape.size() > 2)
    return emitError() << "expects one or two dimensions, got " << shape.size();
  for (int64_t size : shape)
    if (size <= 0)
      return emitError() << "expects positive dimensions, got " << size;
  if (shape.front() > mostElements / shape.back())
    return emitError() << "expects at most " << mostElements << " elements";
  if (shape.size() == 1 && !format->isPlain())
    return emitError() << "expects a vector not to be " << format->name;
  if (shape.back() % format->blockValues != 0)
    return emitError() << "expects " << format->name
                       << " columns to be a multiple of " << format->blockValues
                       << ", got " << shape.back();
  return success();
}

//===----------------------------------------------------------------------===//
// KVCacheType
//===----------------------------------------------------------------------===//

LogicalResult KVCacheType::verify(EmitError emitError, int64_t layers,
                                  int64_t heads, int64_t headDim,
                                  Type elementType) {
  if (layers <= 0 || heads <= 0)
    return emitError() << "expects positive layers and heads, got " << layers
                       << " and " << heads;
  if (heads > mostElements / layers / 128)
    return emitError() << "expects at most " << mostElements
                       << " elements a position";
  if (headDim != 32 && headDim != 64 && headDim != 128)
    return emitError() << "expects a head dimension of 32, 64 or 128, got "
                       << headDim;
  if (!elementType.isF16() && !elementType.isF32())
    return emitError() << "expects element type f16 or f32, got "
                       << elementType;
  return success();
}

//===----------------------------------------------------------------------===//
// Q8Type
//===----------------------------------------------------------------------===//

Type Q8Type::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(shape, /*allowDynamic=*/true,
                                /*withTrailingX=*/false) ||
      parser.parseGreater())
    return {};
  if (shape.size() != 2) {
    parser.emitError(loc, "expects rows x columns, got ")
        << shape.size() << " dimensions";
    return {};
  }
  return parser.getChecked<Q8Type>(loc, parser.getContext(), shape[0],
                                   shape[1]);
}

void Q8Type::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList({getRows(), getCols()});
  printer << '>';
}

LogicalResult Q8Type::verify(EmitError emitError, int64_t rows, int64_t cols) {
  if (rows < 0 && !ShapedType::isDynamic(rows))
    return emitError() << "expects rows not to be negative, got " << rows;
  if (cols <= 0 || cols % 32 != 0 || cols > mostElements)
    return emitError() << "expects columns to be a positive multiple of 32";
  return success();
}

int64_t Q8Type::getRowBytes(int64_t cols) { return ignis_q8_row_bytes(cols); }

RankedTensorType Q8Type::getStorageType() const {
  return RankedTensorType::get({getRows(), getRowBytes(getCols())},
                               IntegerType::get(getContext(), 8));
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// Into how many units ranks may divide columns: times a rank's number, which
/// is far below as many, it fits 64 bits.
static constexpr int64_t mostUnits = int64_t(1) << 30;

Attribute ShareAttr::parse(AsmParser &parser, Type) {
  StringRef keyword;
  int64_t parts = 0, units = 0;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseKeyword(&keyword))
    return {};
  std::optional<ShareKind> kind = symbolizeShareKind(keyword);
  if (!kind) {
    parser.emitError(loc, "expects tokens, columns or replicated, got ")
        << keyword;
    return {};
  }
  if (*kind == ShareKind::Columns &&
      (parser.parseComma() || parser.parseInteger(parts)))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parser.parseKeyword("units") || parser.parseEqual() ||
       parser.parseInteger(units)))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<ShareAttr>(loc, parser.getContext(), *kind, parts,
                                      units);
}

void ShareAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyShareKind(getKind());
  if (getKind() == ShareKind::Columns)
    printer << ", " << getParts();
  if (isDistributed())
    printer << ", units = " << getUnits();
  printer << '>';
}

LogicalResult ShareAttr::verify(EmitError emitError, ShareKind kind,
                                int64_t parts, int64_t units) {
  if (kind == ShareKind::Columns ? parts <= 0 : parts != 0)
    return emitError() << "expects a positive number of parts for columns and "
                          "none otherwise, got "
                       << parts;
  if (units < 0 || units > mostUnits ||
      (units != 0 && kind != ShareKind::Columns))
    return emitError() << "expects units of columns, up to " << mostUnits
                       << ", got " << units;
  return success();
}

int64_t ShareAttr::getPartColumns(int64_t columns, int64_t parts) {
  return llvm::alignTo(llvm::divideCeil(columns, parts), 16);
}

LogicalResult EntryAttr::verify(EmitError emitError, FlatSymbolRefAttr function,
                                int64_t tokens, int64_t barriers,
                                int64_t candidates, int64_t scratch,
                                DenseI64ArrayAttr arena, int64_t gathers,
                                int64_t gathered, int64_t gatheredOutputs,
                                int64_t gatheredRow) {
  for (int64_t number : {tokens, barriers, candidates, scratch, gathers,
                         gathered, gatheredOutputs, gatheredRow})
    if (number < 0)
      return emitError() << "expects no negative numbers of " << function
                         << ", got " << number;
  if (arena.size() % 2 != 0)
    return emitError() << "expects the arena of " << function
                       << " to be pairs, got " << arena.size() << " numbers";
  return success();
}
