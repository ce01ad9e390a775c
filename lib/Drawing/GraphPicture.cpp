//===- GraphPicture.cpp - The graph of operations as a picture ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Colours tell what an operation's time goes into, as the names of the classes
// say.
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/GraphLayout.h"
#include "ignis/Drawing/OperationGraph.h"
#include "ignis/Drawing/Svg.h"

#include "llvm/Support/FormatVariadic.h"

using namespace ignis;
using llvm::formatv;
using llvm::StringRef;
using Kind = OperationGraph::Kind;

namespace {
constexpr double margin = 24, titleHeight = 48, belowGraph = 40;
constexpr double lineHeight = 25, chipHeight = 16, chipGap = 4;
/// A wire goes straight down before it turns: there its shape is written.
constexpr double straight = 13;
constexpr double padding = 11, leastWidth = 84, chipsWidth = 210;
constexpr double boldWidth = 8.4, regularWidth = 7.2,
                 smallWidth = 6.2; // a character
constexpr double legendRow = 22;
/// More boxes and bends than this nobody can look at.
constexpr size_t maxPoints = 20000;

constexpr StringRef style = R"(
  .op { font-size: 13px; font-weight: 600; fill: #1c2330; }
  .small { font-size: 10.5px; fill: #556; }
  .shape { font-size: 10.5px; fill: #667; stroke: #fff; stroke-width: 3px; paint-order: stroke; stroke-linejoin: round; }
  .box { stroke-width: 1.3; }
  .box:hover { stroke-width: 2.6; }
  .matrix { fill: #e6effa; stroke: #4e79a7; }
  .cache { fill: #fdeddc; stroke: #d9822b; }
  .row { fill: #f1e8f6; stroke: #9166ab; }
  .element { fill: #e5f3e5; stroke: #4f9a4a; }
  .other { fill: #f3f3f3; stroke: #8a8a8a; }
  .boundary { fill: #fff; stroke: #b4bcc8; stroke-dasharray: 3 3; }
  .weight { fill: #fff; stroke: #b9c9dd; stroke-width: 1; }
  .state { fill: #fff; stroke: #eab37c; stroke-width: 1; }
  .wire { fill: none; stroke: #8b95a5; stroke-width: 1.6; }
  .wire:hover { stroke-width: 3.2; }
  .q8 { stroke: #c79a1c; }
  .arrow { fill: #8b95a5; }
  .q8-arrow { fill: #c79a1c; }
)";

constexpr StringRef darkStyle = R"(
  .op { fill: #f0f6fc; }
  .small { fill: #b1bac4; }
  .shape { fill: #9aa4b0; stroke: #0d1117; }
  .matrix { fill: #12233a; stroke: #6ba7ee; }
  .cache { fill: #33220f; stroke: #f0a35a; }
  .row { fill: #2a1c35; stroke: #c39ade; }
  .element { fill: #14291a; stroke: #6fc06a; }
  .other { fill: #1c2128; stroke: #8b949e; }
  .boundary { fill: #0d1117; stroke: #58606b; }
  .weight { fill: #0d1117; stroke: #36506e; }
  .state { fill: #0d1117; stroke: #7d5526; }
  .wire { stroke: #768390; }
  .q8 { stroke: #d8ae36; }
  .arrow { fill: #768390; }
  .q8-arrow { fill: #d8ae36; }
)";

struct Chip {
  std::string text, title;
  bool isCache;
  double left, width; // within its row
};

/// One graph's part of the picture.
class Drawing {
public:
  explicit Drawing(const OperationGraph &graph);
  bool layOut() { return layout.layOut(maxPoints); }
  double getWidth() const;
  double getHeight() const { return titleHeight + layout.height; }
  /// Draws with the upper edge at `top`, in the middle of `width`.
  void draw(SvgWriter &svg, double top, double width);

private:
  void addBox(const OperationGraph::Node &node);
  void drawWire(SvgWriter &svg, size_t index) const;
  void drawShape(SvgWriter &svg, size_t index) const;
  void drawBox(SvgWriter &svg, size_t index) const;

  const OperationGraph &graph;
  GraphLayout layout;
  std::vector<llvm::SmallVector<llvm::SmallVector<Chip>>> chips; // by rows
  double x0 = 0, y0 = 0;
};
} // namespace

static StringRef getClass(Kind kind) {
  switch (kind) {
  case Kind::Matrix:
    return "matrix";
  case Kind::Cache:
    return "cache";
  case Kind::Row:
    return "row";
  case Kind::Element:
    return "element";
  case Kind::Other:
    return "other";
  case Kind::Boundary:
    return "boundary";
  }
  llvm_unreachable("every kind has a class");
}

/// Characters, of which a multiplication sign is one.
static double countCharacters(StringRef text) {
  return llvm::count_if(text,
                        [](unsigned char c) { return (c & 0xc0) != 0x80; });
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Drawing::Drawing(const OperationGraph &graph) : graph(graph) {
  for (const OperationGraph::Node &node : graph.nodes)
    addBox(node);
  for (const OperationGraph::Value &value : graph.values)
    layout.wires.push_back({.from = value.from, .to = value.to});
}

void Drawing::addBox(const OperationGraph::Node &node) {
  auto &rows = chips.emplace_back();
  double width = countCharacters(node.mnemonic) * boldWidth +
                 countCharacters(node.name) * regularWidth;
  if (!node.mnemonic.empty() && !node.name.empty())
    width += regularWidth;
  double room = std::max(width, chipsWidth), used = 0;
  for (const OperationGraph::Resource &resource : node.resources) {
    std::string text = resource.text;
    if (resource.count > 1)
      text = formatv("{0} × {1}", resource.count, text);
    double size = countCharacters(text) * smallWidth + 10;
    double left = rows.empty() ? 0 : used + chipGap;
    if (rows.empty() || left + size > room) {
      rows.emplace_back();
      left = 0;
    }
    rows.back().push_back({text, resource.names, resource.isCache, left, size});
    used = left + size;
    width = std::max(width, used);
  }
  double height = lineHeight + rows.size() * (chipHeight + chipGap) +
                  (rows.empty() ? 0 : 2);
  if (node.kind == Kind::Boundary)
    height = lineHeight - 6;
  layout.boxes.push_back(
      {.width = std::max(width + 2 * padding, leastWidth), .height = height});
}

double Drawing::getWidth() const {
  return std::max(layout.width, countCharacters(graph.title) * 9);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static std::string curve(double x1, double y1, double x2, double y2) {
  double middle = (y1 + y2) / 2;
  return formatv(" C {0:f1} {1:f1} {2:f1} {1:f1} {2:f1} {3:f1}", x1, middle, x2,
                 y2);
}

void Drawing::drawWire(SvgWriter &svg, size_t index) const {
  const GraphLayout::Wire &wire = layout.wires[index];
  const OperationGraph::Value &value = graph.values[index];
  const GraphLayout::Box &from = layout.boxes[wire.from];
  if (wire.to.empty())
    return;
  const GraphLayout::Rank &rank = layout.ranks[from.rank];
  double x = x0 + wire.start, y = y0 + rank.top + rank.height + straight;
  std::string arrows, data = formatv("M {0:f1} {1:f1} V {2:f1}", x,
                                     y0 + from.top + from.height, y);
  // Where the trunk is when it has passed each rank, for branches to begin.
  llvm::SmallVector<std::pair<double, double>> passed = {{x, y}};
  for (auto [number, bend] : llvm::enumerate(wire.bends)) {
    const GraphLayout::Rank &rank = layout.ranks[from.rank + 1 + number];
    double top = y0 + rank.top, bottom = top + rank.height;
    data += curve(x, y, x0 + bend, top) + formatv(" V {0:f1}", bottom).str();
    x = x0 + bend, y = bottom;
    passed.emplace_back(x, y);
  }
  for (auto [to, end] : llvm::zip(wire.to, wire.ends)) {
    const GraphLayout::Box &box = layout.boxes[to];
    auto [x, y] = passed[box.rank - from.rank - 1];
    double endX = x0 + end, endY = y0 + box.top;
    data +=
        formatv(" M {0:f1} {1:f1}", x, y).str() + curve(x, y, endX, endY - 5);
    arrows += formatv("M {0:f1} {1:f1} l -3.5 -7 h 7 z ", endX, endY);
  }
  svg.path(data, value.quantized ? "wire q8" : "wire", value.type);
  svg.path(arrows, value.quantized ? "q8-arrow" : "arrow");
}

void Drawing::drawShape(SvgWriter &svg, size_t index) const {
  const GraphLayout::Wire &wire = layout.wires[index];
  const GraphLayout::Box &from = layout.boxes[wire.from];
  if (!wire.to.empty())
    svg.text(x0 + wire.start + 6, y0 + from.top + from.height + 12,
             graph.values[index].shape, "shape");
}

void Drawing::drawBox(SvgWriter &svg, size_t index) const {
  const OperationGraph::Node &node = graph.nodes[index];
  const GraphLayout::Box &box = layout.boxes[index];
  double left = x0 + box.left, top = y0 + box.top,
         middle = left + box.width / 2;
  bool isBoundary = node.kind == Kind::Boundary;
  svg.rect(left, top, box.width, box.height,
           ("box " + getClass(node.kind)).str(),
           isBoundary ? "" : node.mnemonic + "\n" + node.name,
           isBoundary ? box.height / 2 : 6);
  if (isBoundary) {
    svg.text(middle, top + 14, node.name, "note", "middle");
    return;
  }
  svg.text(middle, top + 17, {{node.mnemonic, "op"}, {node.name, "note"}},
           "middle");
  double y = top + lineHeight;
  for (llvm::ArrayRef<Chip> row : chips[index]) {
    double start = middle - (row.back().left + row.back().width) / 2;
    for (const Chip &chip : row) {
      svg.rect(start + chip.left, y, chip.width, chipHeight,
               chip.isCache ? "state" : "weight", chip.title, /*radius=*/3);
      svg.text(start + chip.left + chip.width / 2, y + 12, chip.text, "small",
               "middle");
    }
    y += chipHeight + chipGap;
  }
}

void Drawing::draw(SvgWriter &svg, double top, double width) {
  x0 = (width - layout.width) / 2;
  y0 = top + titleHeight;
  svg.text(width / 2, top + 28, graph.title, "title", "middle");
  for (size_t index = 0; index < layout.wires.size(); ++index)
    drawWire(svg, index);
  for (size_t index = 0; index < layout.boxes.size(); ++index)
    drawBox(svg, index);
  for (size_t index = 0; index < layout.wires.size(); ++index)
    drawShape(svg, index);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

namespace {
struct LegendItem {
  StringRef cls, text;
  double left, top;
};
} // namespace

/// What the colours mean that occur, in rows of at most `width`.
static llvm::SmallVector<LegendItem>
makeLegend(llvm::ArrayRef<OperationGraph> graphs, double width,
           double &height) {
  llvm::SmallVector<LegendItem> items;
  double left = 0;
  auto add = [&](StringRef cls, StringRef text) {
    double size = 18 + countCharacters(text) * regularWidth + 16;
    if (left > 0 && left + size > width) {
      left = 0;
      height += legendRow;
    }
    items.push_back({cls, text, left, height});
    left += size;
  };
  constexpr std::pair<Kind, StringRef> meanings[] = {
      {Kind::Matrix, "streams a matrix"},
      {Kind::Cache, "works on the cache"},
      {Kind::Row, "needs whole rows"},
      {Kind::Element, "element by element"},
      {Kind::Other, "another dialect's"}};
  for (auto [kind, text] : meanings)
    if (llvm::any_of(graphs, [&](const OperationGraph &graph) {
          return llvm::any_of(graph.nodes,
                              [&](const OperationGraph::Node &node) {
                                return node.kind == kind;
                              });
        }))
      add(getClass(kind), text);

  height += legendRow;
  return items;
}

bool ignis::writeGraphsAsSVG(llvm::ArrayRef<OperationGraph> graphs,
                             llvm::raw_ostream &os) {
  std::vector<Drawing> drawings(graphs.begin(), graphs.end());
  double width = 0, height = 0;
  for (Drawing &drawing : drawings) {
    if (!drawing.layOut())
      return false;
    width = std::max(width, drawing.getWidth());
    height += drawing.getHeight() + belowGraph;
  }
  width += 2 * margin;
  double legendHeight = 0;
  auto legend = makeLegend(graphs, width - 2 * margin, legendHeight);
  SvgWriter svg(os, width, height + legendHeight, style, darkStyle);
  double top = 0;
  for (Drawing &drawing : drawings) {
    drawing.draw(svg, top, width);
    top += drawing.getHeight() + belowGraph;
  }
  for (const LegendItem &item : legend) {
    double left = margin + item.left, y = top - 12 + item.top;
    svg.rect(left, y, 12, 12, ("box " + item.cls).str(), "", /*radius=*/3);
    svg.text(left + 18, y + 10, item.text, "note");
  }
  return true;
}
