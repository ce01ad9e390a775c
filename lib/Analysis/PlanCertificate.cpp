//===- PlanCertificate.cpp - Why a placement is minimal -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PlanCertificate.h"

#include "ignis/Support/JSONNesting.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

#include <cinttypes>

using namespace ignis;
using llvm::ArrayRef;
using llvm::createStringError;
using llvm::Error;
using Minimal = PlanCertificate::Minimal;
namespace json = llvm::json;

static constexpr llvm::StringLiteral formatName = "ignis-plan-certificate-1";
/// By Minimal.
static constexpr llvm::StringLiteral minimalNames[] = {"proven", "claimed",
                                                       "open"};

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static Error checkPlacement(ArrayRef<Block> blocks, ArrayRef<int64_t> offsets,
                            int64_t height) {
  if (auto overlap = findOverlap(blocks, offsets))
    return createStringError(
        "buffers %zu and %zu, counted from 0, have a byte in common while both "
        "are alive",
        overlap->first, overlap->second);
  if (int64_t found = getHeight(blocks, offsets); found != height)
    return createStringError("the certificate is for %" PRId64
                             " bytes, the plan has %" PRId64,
                             height, found);
  return Error::success();
}

static Error checkBound(ArrayRef<Block> blocks,
                        const PlanCertificate &certificate) {
  int64_t sum = 0;
  for (const Block &block : blocks)
    if (block.first <= certificate.peak.time &&
        certificate.peak.time <= block.last)
      sum += block.size;
  if (sum != certificate.peak.bytes)
    return createStringError("at time %" PRId64 " the sizes add up to %" PRId64
                             ", the certificate says %" PRId64,
                             certificate.peak.time, sum,
                             certificate.peak.bytes);
  if (certificate.lowerBound <= certificate.peak.bytes)
    return Error::success();
  if (!certificate.refutation)
    return certificate.minimal == Minimal::Claimed
               ? Error::success()
               : createStringError("a lower bound of %" PRId64
                                   " expects a refutation, there is none",
                                   certificate.lowerBound);
  if (certificate.refutation->height != certificate.lowerBound - 1)
    return createStringError(
        "a lower bound of %" PRId64
        " expects a refutation of one byte less, got one of %" PRId64,
        certificate.lowerBound, certificate.refutation->height);
  return checkRefutation(blocks, *certificate.refutation);
}

Error ignis::checkCertificate(ArrayRef<Block> blocks, ArrayRef<int64_t> offsets,
                              const PlanCertificate &certificate) {
  if (Error error = checkPlacement(blocks, offsets, certificate.height))
    return error;
  bool isMet = certificate.lowerBound == certificate.height;
  bool saysSo = certificate.minimal != Minimal::Open;
  if (isMet != saysSo || certificate.lowerBound > certificate.height)
    return createStringError("a height of %" PRId64 " above a bound of %" PRId64
                             " is not %s",
                             certificate.height, certificate.lowerBound,
                             minimalNames[size_t(certificate.minimal)].data());
  return checkBound(blocks, certificate);
}

std::string ignis::describe(const PlanCertificate &certificate) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << certificate.height << " bytes, ";
  switch (certificate.minimal) {
  case Minimal::Open:
    os << "not proven minimal: no plan has less than "
       << certificate.lowerBound;
    break;
  case Minimal::Claimed:
    os << "claimed minimal: a search found nothing lower, its proof is too "
          "long to be kept";
    break;
  case Minimal::Proven:
    if (certificate.refutation)
      os << "proven minimal: less is refuted in "
         << certificate.refutation->steps.size() << " steps";
    else
      os << "proven minimal: as many are alive at time "
         << certificate.peak.time;
    break;
  }
  return text;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

namespace {
/// An integer, as it is read.
struct Whole {
  int64_t value = 0;
};

/// LLVM takes what rounds to 2^63 for an integer, and converts it to one that
/// cannot hold it.
bool fromJSON(const json::Value &value, Whole &whole, json::Path path) {
  std::optional<double> number = value.getAsNumber();
  std::optional<uint64_t> exact = value.getAsUINT64();
  if (number && *number >= 0x1p63 && !(exact && *exact <= INT64_MAX)) {
    path.report("expected integer below 2^63");
    return false;
  }
  return json::fromJSON(value, whole.value, path);
}
} // namespace

void ignis::writeCertificate(const PlanCertificate &certificate,
                             llvm::raw_ostream &os) {
  json::OStream out(os, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("format", formatName);
    out.attribute("minimal", minimalNames[size_t(certificate.minimal)]);
    out.attribute("height", certificate.height);
    out.attribute("lower_bound", certificate.lowerBound);
    out.attributeObject("peak", [&] {
      out.attribute("time", certificate.peak.time);
      out.attribute("bytes", certificate.peak.bytes);
    });
    if (certificate.refutation)
      out.attributeObject("refutation", [&] {
        out.attribute("height", certificate.refutation->height);
        out.attribute("order",
                      json::Array(llvm::map_range(
                          certificate.refutation->order,
                          [](size_t index) { return int64_t(index); })));
        out.attribute("steps", printSteps(certificate.refutation->steps));
      });
  });
  os << '\n';
}

static bool map(json::ObjectMapper &object, llvm::StringLiteral name,
                int64_t &number) {
  Whole whole;
  bool isMapped = object.map(name, whole);
  number = whole.value;
  return isMapped;
}

static bool parseRefutation(const json::Value &value,
                            std::optional<Refutation> &refutation,
                            json::Path path) {
  std::vector<Whole> order;
  std::string steps;
  refutation.emplace();
  json::ObjectMapper object(value, path);
  if (!object || !map(object, "height", refutation->height) ||
      !object.map("order", order) || !object.map("steps", steps))
    return false;
  for (Whole index : order)
    refutation->order.push_back(static_cast<size_t>(index.value));
  auto parsed = parseSteps(steps);
  if (!parsed) {
    path.field("steps").report("expects steps such as c7, t7, p7 and b7");
    llvm::consumeError(parsed.takeError());
    return false;
  }
  refutation->steps = std::move(*parsed);
  return true;
}

static bool parse(const json::Value &value, PlanCertificate &certificate,
                  json::Path path) {
  std::string format, minimal;
  json::ObjectMapper object(value, path);
  if (!object || !object.map("format", format) ||
      !object.map("minimal", minimal) ||
      !map(object, "height", certificate.height) ||
      !map(object, "lower_bound", certificate.lowerBound))
    return false;
  if (format != formatName) {
    path.field("format").report("expects ignis-plan-certificate-1");
    return false;
  }
  const auto *found = llvm::find(minimalNames, minimal);
  if (found == std::end(minimalNames)) {
    path.field("minimal").report("expects proven, claimed or open");
    return false;
  }
  certificate.minimal = Minimal(found - std::begin(minimalNames));

  const json::Object &fields = *value.getAsObject();
  const json::Value *peak = fields.get("peak");
  if (!peak) {
    path.field("peak").report("expects an object");
    return false;
  }
  json::ObjectMapper inner(*peak, path.field("peak"));
  if (!inner || !map(inner, "time", certificate.peak.time) ||
      !map(inner, "bytes", certificate.peak.bytes))
    return false;
  const json::Value *refutation = fields.get("refutation");
  return !refutation || parseRefutation(*refutation, certificate.refutation,
                                        path.field("refutation"));
}

llvm::Expected<PlanCertificate> ignis::parseCertificate(llvm::StringRef text) {
  if (!isJSONShallow(text))
    return createStringError("expects values nested at most %zu deep",
                             mostJSONNesting);
  auto value = json::parse(text);
  if (!value)
    return value.takeError();
  json::Path::Root root("certificate");
  PlanCertificate certificate;
  if (!parse(*value, certificate, root))
    return root.getError();
  return certificate;
}
