//===- Recognizer.cpp - An automaton at work ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/Recognizer.h"

#include <algorithm>
#include <utility>

using namespace ignis;

using Kind = Automaton::Instruction::Kind;

Recognizer::Recognizer(const Automaton &automaton) : automaton(&automaton) {
  takeState(); // of no run: `dead`
}

uint32_t Recognizer::push(Frame frame) {
  uint64_t key = uint64_t(frame.instruction) << 32 | frame.outer;
  auto [it, isNew] =
      frameIndex.try_emplace(key, static_cast<uint32_t>(frames.size()));
  if (isNew)
    frames.push_back(frame);
  return it->second;
}

void Recognizer::follow(Run run) {
  pending.push_back(run);
  while (!pending.empty() && !exhausted) {
    Run at = pending.back();
    pending.pop_back();
    if (--budget < 0 || seen.size() == mostRuns)
      exhausted = true;
    if (!automaton->isProductive(at.instruction))
      continue;
    const Automaton::Instruction &instruction = automaton->at(at.instruction);
    if (instruction.kind == Kind::Bytes) {
      gathered.push_back(at);
      continue;
    }
    // Loops that take no byte come here again, and ambiguous rules often.
    auto place = std::ranges::lower_bound(seen, at);
    if (place != seen.end() && *place == at)
      continue;
    seen.insert(place, at);
    if (automaton->isLoopHead(at.instruction))
      gathered.push_back(at);
    switch (instruction.kind) {
    case Kind::Split:
      pending.push_back({instruction.second, at.frame});
      pending.push_back({instruction.first, at.frame});
      break;
    case Kind::Call: {
      // A call at the end of its rule needs no way back, so that repetition by
      // recursion takes no memory.
      bool isLast = automaton->at(instruction.second).kind == Kind::Return;
      uint32_t frame =
          isLast ? at.frame : push({instruction.second, at.frame});
      pending.push_back({instruction.first, frame});
      break;
    }
    case Kind::Return:
      if (at.frame == noFrame)
        gatheredFinal = true;
      else
        pending.push_back(
            {frames[at.frame].instruction, frames[at.frame].outer});
      break;
    case Kind::Bytes:
      break;
    }
  }
  pending.clear();
}

Recognizer::State Recognizer::takeState() {
  seen.clear();
  std::ranges::sort(gathered);
  gathered.erase(std::ranges::unique(gathered).begin(), gathered.end());
  exhausted |= gathered.size() > mostRuns;
  if (exhausted)
    gathered.clear();
  bool isFinal = std::exchange(gatheredFinal, false) && !exhausted;

  uint64_t hash = isFinal;
  for (const Run &run : gathered) // FNV-1a, a run at a time
    hash = (hash ^ (uint64_t(run.instruction) << 32 | run.frame)) *
           0x100000001b3u;
  auto [begin, end] = stateIndex.equal_range(hash);
  for (auto it = begin; it != end; ++it)
    if (states[it->second].isFinal == isFinal &&
        states[it->second].runs == gathered) {
      gathered.clear();
      return it->second;
    }
  if (states.size() == mostStates) {
    exhausted = true;
    return dead;
  }
  auto state = static_cast<State>(states.size());
  states.push_back({std::exchange(gathered, {}), isFinal,
                    std::vector<int32_t>(256, -1)});
  stateIndex.emplace(hash, state);
  return state;
}

Recognizer::State Recognizer::stateOf(std::span<const Run> runs) {
  for (const Run &run : runs)
    follow(run);
  return takeState();
}

Recognizer::State Recognizer::step(State from, uint8_t byte) {
  if (exhausted)
    return dead;
  // Bytes that the same runs take lead to the same state.
  ByteSet alike = ByteSet().set();
  for (const Run &run : states[from].runs) {
    const Automaton::Instruction &instruction = automaton->at(run.instruction);
    if (instruction.kind != Kind::Bytes)
      continue;
    const ByteSet &bytes = automaton->bytesOf(instruction.first);
    alike &= bytes[byte] ? bytes : ~bytes;
    if (bytes[byte])
      follow({instruction.second, run.frame});
  }
  State to = takeState();
  if (exhausted)
    return dead; // not remembered: it may be tried again
  for (size_t other = 0; other != alike.size(); ++other)
    if (alike[other])
      states[from].steps[other] = static_cast<int32_t>(to);
  return to;
}

ByteSet Recognizer::following(State state) const {
  ByteSet bytes;
  for (const Run &run : states[state].runs)
    if (const auto &at = automaton->at(run.instruction); at.kind == Kind::Bytes)
      bytes |= automaton->bytesOf(at.first);
  return bytes;
}

Recognizer::State Recognizer::forgetAllBut(State kept) {
  std::vector<Run> runs = std::move(states[kept].runs);
  bool isFinal = states[kept].isFinal;
  std::vector<Frame> oldFrames = std::move(frames);
  frames.clear();
  frameIndex.clear();
  states.clear();
  stateIndex.clear();
  takeState();

  for (Run &run : runs) {
    // From the outermost frame in, so that each finds its outer one.
    std::vector<uint32_t> chain;
    for (uint32_t frame = run.frame; frame != noFrame;
         frame = oldFrames[frame].outer)
      chain.push_back(oldFrames[frame].instruction);
    run.frame = noFrame;
    for (auto it = chain.rbegin(); it != chain.rend(); ++it)
      run.frame = push({*it, run.frame});
  }
  gathered = std::move(runs);
  gatheredFinal = isFinal;
  return takeState();
}
