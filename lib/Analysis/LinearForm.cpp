//===- LinearForm.cpp - Bytes as a function of the tokens -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/LinearForm.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

using namespace ignis;

/// The last T at which `flat` is at least `steep`, which has the greater slope.
static int64_t lastWhereFlatLeads(LinearForm flat, LinearForm steep) {
  int64_t lead = flat.constant - steep.constant;
  if (lead < 0)
    return 0;
  return lead / (steep.perToken - flat.perToken);
}

llvm::SmallVector<LinearForm>
ignis::upperEnvelope(llvm::ArrayRef<LinearForm> forms, int64_t maxTokens) {
  llvm::SmallVector<LinearForm> sorted(forms);
  llvm::sort(sorted, [](LinearForm a, LinearForm b) {
    return std::tie(a.perToken, a.constant) < std::tie(b.perToken, b.constant);
  });

  // Each form of the envelope leads from where it overtakes its neighbour; one
  // that would lead nowhere, or only past the range, is not part of it.
  llvm::SmallVector<LinearForm> envelope;
  for (LinearForm form : sorted) {
    while (!envelope.empty()) {
      LinearForm last = envelope.back();
      bool hidden = last.perToken == form.perToken;
      if (!hidden) {
        int64_t end = std::min(lastWhereFlatLeads(last, form), maxTokens);
        int64_t begin =
            envelope.size() == 1
                ? 1
                : lastWhereFlatLeads(*(envelope.end() - 2), last) + 1;
        hidden = end < begin;
      }
      if (!hidden)
        break;
      envelope.pop_back();
    }
    if (envelope.empty() ||
        lastWhereFlatLeads(envelope.back(), form) < maxTokens)
      envelope.push_back(form);
  }
  if (envelope.empty())
    envelope.push_back({});
  return envelope;
}

int64_t ignis::maximumAt(llvm::ArrayRef<LinearForm> forms, int64_t tokens) {
  int64_t maximum = 0;
  for (LinearForm form : forms)
    maximum = std::max(maximum, form.at(tokens));
  return maximum;
}

llvm::SmallVector<int64_t>
ignis::breakpoints(llvm::ArrayRef<LinearForm> envelope, int64_t maxTokens) {
  llvm::SmallVector<int64_t> points{1, maxTokens};
  for (size_t i = 1; i < envelope.size(); ++i) {
    int64_t last = lastWhereFlatLeads(envelope[i - 1], envelope[i]);
    for (int64_t tokens : {last, last + 1})
      points.push_back(std::clamp<int64_t>(tokens, 1, maxTokens));
  }
  llvm::sort(points);
  points.erase(llvm::unique(points), points.end());
  return points;
}

std::string ignis::toString(LinearForm form) {
  if (form.perToken == 0)
    return std::to_string(form.constant);
  std::string text = std::to_string(form.perToken) + "*T";
  if (form.constant != 0)
    text += " + " + std::to_string(form.constant);
  return text;
}
