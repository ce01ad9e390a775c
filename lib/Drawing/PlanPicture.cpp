//===- PlanPicture.cpp - A memory plan as a picture -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Charts of fixed width, one below another. Colours tell what a buffer holds,
// layer by layer the same.
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/PlanReport.h"
#include "ignis/Drawing/Svg.h"

#include "llvm/ADT/SetVector.h"

using namespace ignis;
using llvm::StringRef;

namespace {
constexpr double leftMargin = 84, topMargin = 64, plotWidth = 1000,
                 plotHeight = 340;
constexpr double legendRow = 20, legendColumn = 150, character = 6.2;
constexpr double belowPlot = 52;
constexpr double pictureWidth = leftMargin + plotWidth + 28;

constexpr StringRef colors[] = {
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#4fa3a5", "#b07aa1", "#c9a227",
    "#e8838f", "#9c755f", "#62a39c", "#d37295", "#74b566", "#6ba7cf", "#b6992d",
    "#499894", "#e39bb5", "#7b6fae", "#c46b3e", "#8a8f3c", "#79706e",
};

constexpr StringRef style = R"(
  .label { font-size: 11px; fill: #fff; pointer-events: none; }
  .grid { stroke: #e4e4e4; stroke-width: 1; }
  .axis { stroke: #888; stroke-width: 1; }
  .buffer { stroke: #fff; stroke-width: 0.6; }
  .buffer:hover { stroke: #111; stroke-width: 1.6; }
  .bound { stroke: #c00; stroke-width: 1.6; stroke-dasharray: 7 4; }
  .bound-text { fill: #c00; font-weight: 600; }
)";

constexpr StringRef darkStyle = R"(
  .label { fill: #fff; }
  .grid { stroke: #21262d; }
  .buffer { stroke: #0d1117; }
  .buffer:hover { stroke: #fff; }
  .bound { stroke: #ff7b72; }
  .bound-text { fill: #ff7b72; }
)";

/// A colour for each kind of buffer, the same in every chart.
using Palette = llvm::DenseMap<StringRef, StringRef>;

/// One function's chart.
class Chart {
public:
  Chart(const PlanReport &report, const Palette &palette, double top);
  double getHeight() const;
  void draw(SvgWriter &svg) const;

private:
  double x(double phase) const {
    return leftMargin +
           plotWidth * phase / std::max<int64_t>(report.phaseCount, 1);
  }
  double y(double bytes) const {
    return top + topMargin + plotHeight * (1 - bytes / scale);
  }
  /// The moment at which `op` runs, as a fraction of its phase.
  double momentOf(int64_t op) const;
  /// When each buffer begins and ends to fill its place, in phases: whole ones,
  /// except where another takes the place over within a phase.
  std::vector<std::pair<double, double>> getSpans() const;
  void drawTitle(SvgWriter &svg) const;
  void drawAxes(SvgWriter &svg) const;
  void drawBuffers(SvgWriter &svg) const;
  void drawBound(SvgWriter &svg) const;
  void drawLegend(SvgWriter &svg) const;

  const PlanReport &report;
  double top;
  int64_t tokens;
  int64_t peak, bound;
  double scale; // bytes at the upper edge
  const Palette &palette;
  llvm::SetVector<StringRef> kinds; // that occur, in order
};
} // namespace

/// What a buffer holds, whichever layer it belongs to.
static StringRef getKind(const PlanReport::PlannedBuffer &buffer) {
  StringRef name = buffer.name;
  if (name.consume_front("blk."))
    return name.split('.').second;
  return name;
}

static Palette choosePalette(llvm::ArrayRef<PlanReport> reports) {
  Palette palette;
  for (const PlanReport &report : reports)
    for (const PlanReport::PlannedBuffer &buffer : report.buffers)
      palette.insert(
          {getKind(buffer), colors[palette.size() % std::size(colors)]});
  return palette;
}

/// The least of 1, 2 or 5 times a power of `base` ten that gives at most
/// `count` steps up to `range`.
static int64_t getStep(double range, int64_t count) {
  int64_t step = 1;
  for (int64_t factor = 0; step * count < range; ++factor)
    step = factor % 3 == 1 ? step / 2 * 5 : step * 2;
  return step;
}

Chart::Chart(const PlanReport &report, const Palette &palette, double top)
    : report(report), top(top),
      tokens(report.staticTokens ? report.staticTokens : report.maxTokens),
      peak(maximumAt(report.plan.pieces, tokens)),
      bound(maximumAt(report.lowerBound, tokens)),
      scale(std::max<int64_t>(peak, 1) * 1.08), palette(palette) {
  for (const PlanReport::PlannedBuffer &buffer : report.buffers)
    kinds.insert(getKind(buffer));
}

double Chart::getHeight() const {
  int64_t columns = plotWidth / legendColumn;
  return topMargin + plotHeight + belowPlot +
         legendRow * llvm::divideCeil(kinds.size(), columns) + 24;
}

void Chart::drawTitle(SvgWriter &svg) const {
  svg.text(leftMargin, top + 24,
           "@" + report.function + ", T = " + llvm::Twine(tokens), "title");
  std::string places =
      report.mode == "slots"
          ? " in " + std::to_string(report.plan.slots) + " slots"
          : "";
  svg.text(leftMargin, top + 44,
           llvm::Twine(report.buffers.size()) + " buffers" + places + ", " +
               withCommas(report.getNaiveSize().at(tokens)) +
               " bytes if each had its own place, " + withCommas(peak) +
               " as planned; " + llvm::Twine(report.phaseCount) + " phases");
}

void Chart::drawAxes(SvgWriter &svg) const {
  double right = leftMargin + plotWidth, bottom = top + topMargin + plotHeight;
  int64_t bytes = getStep(scale / 1024, 6) * 1024;
  for (int64_t at = 0; at < scale; at += bytes) {
    svg.line(leftMargin, y(at), right, y(at), "grid");
    svg.text(leftMargin - 8, y(at) + 4, llvm::Twine(at / 1024) + " KiB", "",
             "end");
  }
  int64_t step = getStep(report.phaseCount, 20);
  for (int64_t phase = 0; phase < report.phaseCount; phase += step)
    svg.text(x(phase + 0.5), bottom + 18, llvm::Twine(phase), "", "middle");
  svg.line(leftMargin, bottom, right, bottom, "axis");
  svg.line(leftMargin, top + topMargin, leftMargin, bottom, "axis");
  svg.text(leftMargin + plotWidth / 2, bottom + 36, "phase", "", "middle");
}

double Chart::momentOf(int64_t op) const {
  auto isBefore = [](const PlanReport::PlannedOp &a, int64_t phase) {
    return a.phase < phase;
  };
  int64_t phase = report.ops[op].phase;
  auto begin =
      llvm::lower_bound(report.ops, phase, isBefore) - report.ops.begin();
  auto end =
      llvm::lower_bound(report.ops, phase + 1, isBefore) - report.ops.begin();
  return phase + double(op - begin) / double(end - begin);
}

std::vector<std::pair<double, double>> Chart::getSpans() const {
  std::vector<std::pair<double, double>> spans;
  llvm::DenseMap<size_t, llvm::SmallVector<size_t>> members;
  for (auto [index, buffer] : llvm::enumerate(report.buffers)) {
    spans.emplace_back(buffer.firstPhase, buffer.lastPhase + 1);
    members[buffer.aliasClass].push_back(index);
  }
  for (auto &[first, chain] : members) {
    llvm::sort(chain, [&](size_t a, size_t b) {
      return report.buffers[a].firstOp < report.buffers[b].firstOp;
    });
    for (auto [before, after] : llvm::zip(chain, llvm::drop_begin(chain)))
      spans[before].second = spans[after].first =
          momentOf(report.buffers[after].firstOp);
  }
  return spans;
}

void Chart::drawBuffers(SvgWriter &svg) const {
  for (auto [buffer, span] : llvm::zip(report.buffers, getSpans())) {
    int64_t begin = buffer.offset.at(tokens), size = buffer.size.at(tokens);
    double left = x(span.first), right = x(span.second);
    double upper = y(begin + size), lower = y(begin);
    StringRef kind = getKind(buffer);
    svg.rect(left, upper, right - left, lower - upper, "buffer",
             buffer.name + "\nbytes " + withCommas(begin) + " to " +
                 withCommas(begin + size) + " (" + withCommas(size) +
                 ")\nphases " + llvm::Twine(buffer.firstPhase) + " to " +
                 llvm::Twine(buffer.lastPhase),
             /*radius=*/0, palette.lookup(kind));
    if (right - left > kind.size() * character + 6 && lower - upper > 13)
      svg.text((left + right) / 2, (upper + lower) / 2 + 4, kind, "label",
               "middle");
  }
}

void Chart::drawBound(SvgWriter &svg) const {
  svg.line(leftMargin, y(bound), leftMargin + plotWidth, y(bound), "bound");
  llvm::Twine met = peak == bound ? "peak = lower bound " : "lower bound ";
  svg.text(leftMargin + plotWidth, y(bound) - 6,
           met + withCommas(bound) + " bytes", "bound-text", "end");
}

void Chart::drawLegend(SvgWriter &svg) const {
  int64_t columns = plotWidth / legendColumn;
  for (auto [index, kind] : llvm::enumerate(kinds)) {
    double left = leftMargin + legendColumn * (index % columns);
    double base = top + topMargin + plotHeight + belowPlot +
                  legendRow * (index / columns);
    svg.rect(left, base, 12, 12, "swatch", "", /*radius=*/0,
             palette.lookup(kind));
    svg.text(left + 18, base + 10, kind);
  }
}

void Chart::draw(SvgWriter &svg) const {
  drawTitle(svg);
  drawAxes(svg);
  drawBuffers(svg);
  drawBound(svg);
  drawLegend(svg);
}

void ignis::writePlanAsSVG(llvm::ArrayRef<PlanReport> reports,
                           llvm::raw_ostream &os) {
  double height = 0;
  Palette palette = choosePalette(reports);
  std::vector<Chart> charts;
  for (const PlanReport &report : reports) {
    charts.emplace_back(report, palette, height);
    height += charts.back().getHeight();
  }
  SvgWriter svg(os, pictureWidth, height, style, darkStyle);
  for (const Chart &chart : charts)
    chart.draw(svg);
}
