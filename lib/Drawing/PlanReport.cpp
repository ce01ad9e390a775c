//===- PlanReport.cpp - A memory plan as JSON -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/PlanReport.h"

#include "llvm/Support/JSON.h"

using namespace ignis;
using llvm::json::OStream;

LinearForm PlanReport::getNaiveSize() const {
  LinearForm sum;
  for (const PlannedBuffer &buffer : buffers)
    sum += buffer.size;
  return sum;
}

llvm::SmallVector<int64_t> PlanReport::getCheckpoints() const {
  if (staticTokens != 0)
    return {staticTokens};
  llvm::SmallVector<LinearForm> forms(plan.pieces);
  forms.append(lowerBound);
  llvm::SmallVector<int64_t> points =
      breakpoints(upperEnvelope(forms, maxTokens), maxTokens);
  points.append(breakpoints(plan.pieces, maxTokens));
  points.append(breakpoints(lowerBound, maxTokens));
  llvm::sort(points);
  points.erase(llvm::unique(points), points.end());
  return points;
}

bool PlanReport::meetsBound() const {
  return llvm::all_of(getCheckpoints(), [&](int64_t tokens) {
    return maximumAt(plan.pieces, tokens) == maximumAt(lowerBound, tokens);
  });
}

/// The bytes of the alias classes that have a member alive: what lies at one
/// place counts once.
template <typename IsLive>
static LinearForm sumOfLive(llvm::ArrayRef<PlanReport::PlannedBuffer> buffers,
                            IsLive isLive) {
  llvm::SmallVector<bool> counted(buffers.size(), false);
  LinearForm sum;
  for (const PlanReport::PlannedBuffer &buffer : buffers) {
    if (!isLive(buffer) || counted[buffer.aliasClass])
      continue;
    counted[buffer.aliasClass] = true;
    sum += buffer.size;
  }
  return sum;
}

LinearForm PlanReport::getLiveInPhase(int64_t phase) const {
  return sumOfLive(buffers, [&](const PlannedBuffer &buffer) {
    return buffer.firstPhase <= phase && phase <= buffer.lastPhase;
  });
}

LinearForm PlanReport::getLiveAtOp(int64_t op) const {
  return sumOfLive(buffers, [&](const PlannedBuffer &buffer) {
    return buffer.firstOp <= op && op <= buffer.lastOp;
  });
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// A number where it is one, `[a, b]` of a * T + b where it is not.
static void writeForm(OStream &json, llvm::StringRef key, LinearForm form) {
  if (form.perToken == 0)
    return json.attribute(key, form.constant);
  json.attributeArray(key, [&] {
    json.value(form.perToken);
    json.value(form.constant);
  });
}

static void writeSizes(OStream &json, const PlanReport &report) {
  json.attributeArray("sizes", [&] {
    for (int64_t tokens : report.getCheckpoints())
      json.object([&] {
        json.attribute("tokens", tokens);
        json.attribute("peak", maximumAt(report.plan.pieces, tokens));
        json.attribute("lower_bound", maximumAt(report.lowerBound, tokens));
        json.attribute("naive", report.getNaiveSize().at(tokens));
      });
  });
}

static void writePhases(OStream &json, const PlanReport &report) {
  json.attributeArray("phases", [&] {
    for (int64_t phase = 0; phase < report.phaseCount; ++phase)
      json.object(
          [&] { writeForm(json, "live", report.getLiveInPhase(phase)); });
  });
  json.attributeArray("ops", [&] {
    for (auto [index, op] : llvm::enumerate(report.ops))
      json.object([&] {
        json.attribute("name", op.name);
        json.attribute("phase", op.phase);
        writeForm(json, "live", report.getLiveAtOp(index));
      });
  });
}

static void writeBuffers(OStream &json, const PlanReport &report) {
  json.attributeArray("placement", [&] {
    for (const PlanReport::PlannedBuffer &buffer : report.buffers)
      json.object([&] {
        json.attribute("name", buffer.name);
        writeForm(json, "size", buffer.size);
        writeForm(json, "offset", buffer.offset);
        json.attribute("first_phase", buffer.firstPhase);
        json.attribute("last_phase", buffer.lastPhase);
        json.attribute("class", static_cast<int64_t>(buffer.aliasClass));
      });
  });
}

static void writeReport(OStream &json, const PlanReport &report) {
  const MemoryPlan &plan = report.plan;
  json.attribute("name", report.function);
  json.attribute("mode", report.mode);
  json.attribute("in_place", report.inPlace);
  if (report.staticTokens == 0)
    json.attribute("max_tokens", report.maxTokens);
  json.attribute("buffers", static_cast<int64_t>(report.buffers.size()));
  if (report.mode == "slots")
    json.attribute("slots", plan.slots);
  json.attribute("meets_bound", report.meetsBound());
  if (plan.placed.searched)
    json.attributeObject("search", [&] {
      json.attribute("steps", plan.placed.steps);
      json.attribute("finished", plan.placed.proven ==
                                     maximumAt(plan.pieces, report.maxTokens));
    });
  if (!report.proof.phases.empty())
    json.attribute("minimal_at_phases", llvm::json::Array(report.proof.phases));
  if (report.proof.refutation)
    json.attribute("refutation_steps",
                   static_cast<int64_t>(report.proof.refutation->steps.size()));
  if (report.joint)
    json.attributeObject("joint", [&] {
      json.attribute("tokens", report.staticTokens != 0 ? report.staticTokens
                                                        : report.maxTokens);
      json.attribute("staged", maximumAt(plan.pieces, report.maxTokens));
      json.attribute("together", report.joint->height);
      json.attribute("proven", report.joint->proven);
    });
  writeSizes(json, report);
  writePhases(json, report);
  writeBuffers(json, report);
}

void ignis::writePlanAsJSON(llvm::ArrayRef<PlanReport> reports,
                            llvm::raw_ostream &os) {
  OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("functions", [&] {
      for (const PlanReport &report : reports)
        json.object([&] { writeReport(json, report); });
    });
  });
  os << '\n';
}
