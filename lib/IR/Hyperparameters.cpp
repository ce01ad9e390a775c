//===- Hyperparameters.cpp - #ignis.model and #ignis.rope -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both are written <key = value, ...>, with a key for each line of
// Hyperparameters.def.
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/IR/Builders.h"

#include <cfloat>
#include <cmath>
#include <variant>

using namespace mlir;
using namespace ignis;

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// Keys and values
//===----------------------------------------------------------------------===//

namespace {
/// 0 or 1, written as false or true.
struct Flag {
  int64_t *value;
};

/// A key, and where its value is.
struct Field {
  StringRef key;
  std::variant<int64_t *, uint64_t *, double *, Flag, ignis_rope *> place;
  bool isOptional = false;
  bool isSeen = false;
};

struct FieldReader {
  AsmParser &parser;

  ParseResult operator()(int64_t *value) { return parser.parseInteger(*value); }
  ParseResult operator()(uint64_t *value) {
    return parser.parseInteger(*value);
  }
  ParseResult operator()(double *value) { return parser.parseFloat(*value); }
  ParseResult operator()(Flag flag) {
    StringRef word;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return failure();
    if (word != "true" && word != "false")
      return parser.emitError(loc, "expects true or false, got ") << word;
    *flag.value = word == "true";
    return success();
  }
  ParseResult operator()(ignis_rope *rope) {
    RopeAttr attribute;
    if (parser.parseAttribute(attribute))
      return failure();
    *rope = attribute.getValues();
    return success();
  }
};
} // namespace

/// Reads `<key = value, ...>`: keys in any order, each once, and all of them
/// but the optional ones.
static ParseResult parseFields(AsmParser &parser,
                               MutableArrayRef<Field> fields) {
  SMLoc begin = parser.getCurrentLocation();
  auto parseField = [&]() -> ParseResult {
    StringRef key;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&key) || parser.parseEqual())
      return failure();
    auto field = llvm::find_if(
        fields, [&](const Field &field) { return field.key == key; });
    if (field == fields.end())
      return parser.emitError(loc, "expects no key '") << key << "'";
    if (std::exchange(field->isSeen, true))
      return parser.emitError(loc, "expects one '") << key << "'";
    return std::visit(FieldReader{parser}, field->place);
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseField))
    return failure();
  for (const Field &field : fields)
    if (!field.isSeen && !field.isOptional)
      return parser.emitError(begin, "expects the key '") << field.key << "'";
  return success();
}

static void printReal(AsmPrinter &printer, double value) {
  printer.printFloat(APFloat(value));
}

//===----------------------------------------------------------------------===//
// RopeAttr
//===----------------------------------------------------------------------===//

static ignis_rope getUsualRope() {
  ignis_rope rope;
#define IGNIS_ROPE(field, usual, words) rope.field = usual;
#include "ignis/Runtime/Hyperparameters.def"
  return rope;
}

Attribute RopeAttr::parse(AsmParser &parser, Type) {
  ignis_rope rope = getUsualRope();
  Field fields[] = {
#define IGNIS_ROPE(field, usual, words) {#field, &rope.field, true},
#include "ignis/Runtime/Hyperparameters.def"
  };
  SMLoc loc = parser.getCurrentLocation();
  if (parseFields(parser, fields))
    return {};
  return parser.getChecked<RopeAttr>(loc, parser.getContext(), rope);
}

void RopeAttr::print(AsmPrinter &printer) const {
  ignis_rope rope = getValues(), usual = getUsualRope();
  llvm::ListSeparator separator;
  printer << '<';
  auto print = [&](StringRef key, double value, double usual) {
    if (value == usual)
      return;
    printer << StringRef(separator) << key << " = ";
    printReal(printer, value);
  };
#define IGNIS_ROPE(field, usually, words)                                      \
  print(#field, rope.field, usual.field);
#include "ignis/Runtime/Hyperparameters.def"
  printer << '>';
}

LogicalResult RopeAttr::verify(EmitError emitError, ignis_rope rope) {
  // Within these, angles are right at any position that a context may have.
  const struct {
    StringRef key;
    double value, least, most;
  } ranges[] = {
      {"base", rope.base, 1, DBL_MAX},
      {"factor", rope.factor, 0x1p-10, 0x1p20},
      {"attention", rope.attention, DBL_MIN, DBL_MAX},
      {"extrapolation", rope.extrapolation, 0, 1},
      {"original_context", rope.original_context,
       rope.extrapolation == 0 ? 0.0 : 1.0, DBL_MAX},
      {"beta_fast", rope.beta_fast, DBL_MIN, DBL_MAX},
      {"beta_slow", rope.beta_slow, DBL_MIN, DBL_MAX},
  };
  for (const auto &[key, value, least, most] : ranges)
    if (!(value >= least && value <= most))
      return emitError() << "expects " << key << " from " << least << " to "
                         << most << ", got " << value;
  return success();
}

//===----------------------------------------------------------------------===//
// ModelAttr
//===----------------------------------------------------------------------===//

RopeAttr ModelAttr::getRope() const {
  return RopeAttr::get(getContext(), getValues().rope);
}

Attribute ModelAttr::parse(AsmParser &parser, Type) {
  ignis_hyperparameters values{};
  int64_t abi = 0;
  uint64_t hash = 0;
  Field fields[] = {
#define IGNIS_SIZE(field, words) {#field, &values.field},
#define IGNIS_FLAG(field, words) {#field, Flag{&values.field}},
#define IGNIS_REAL(field, words) {#field, &values.field},
#include "ignis/Runtime/Hyperparameters.def"
      {"rope", &values.rope},
      {"abi", &abi},
      {"hash", &hash},
  };
  SMLoc loc = parser.getCurrentLocation();
  if (parseFields(parser, fields))
    return {};
  return parser.getChecked<ModelAttr>(loc, parser.getContext(), values, abi,
                                      hash);
}

void ModelAttr::print(AsmPrinter &printer) const {
  const ignis_hyperparameters &values = getValues();
  printer << '<';
#define IGNIS_SIZE(field, words)                                               \
  printer << #field " = " << values.field << ", ";
#define IGNIS_FLAG(field, words)                                               \
  printer << #field " = " << (values.field ? "true" : "false") << ", ";
#define IGNIS_REAL(field, words)                                               \
  printer << #field " = ";                                                     \
  printReal(printer, values.field);                                            \
  printer << ", ";
#include "ignis/Runtime/Hyperparameters.def"
  printer << "rope = " << getRope() << ", abi = " << getAbi()
          << ", hash = " << getHash() << '>';
}

LogicalResult ModelAttr::verify(EmitError emitError,
                                ignis_hyperparameters values, int64_t,
                                uint64_t) {
#define IGNIS_SIZE(field, words)                                               \
  if (values.field <= 0)                                                       \
    return emitError() << "expects " #field " to be positive, got "            \
                       << values.field;
#define IGNIS_REAL(field, words)                                               \
  if (!std::isfinite(values.field))                                            \
    return emitError() << "expects " #field " to be finite, got "              \
                       << values.field;
#include "ignis/Runtime/Hyperparameters.def"
  if (values.heads % values.kv_heads != 0)
    return emitError() << "expects kv_heads to divide heads, got "
                       << values.kv_heads << " and " << values.heads;
  return RopeAttr::verify(emitError, values.rope);
}
