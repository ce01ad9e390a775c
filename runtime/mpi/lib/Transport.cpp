//===- Transport.cpp - Results of ranks, carried by MPI -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Transport.h"

#include "Deadline.h"
#include "Watch.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <numeric>
#include <span>

using namespace ignis::mpi;

namespace {

/// MPI counts in int. What is larger goes in pieces.
constexpr int64_t usualMostBytes = int64_t{1} << 30;

class Transport : public ignis_transport {
public:
  explicit Transport(const ignis_transport_options &options)
      : mostBytes(options.most_bytes > 0 ? options.most_bytes : usualMostBytes),
        channel(options), watch(channel, options), counts(size()),
        offsets(size()) {
    channel.findPlaces(options.threads);
    group = {channel.rank(), channel.ranks(), this,
             [](void *self, void *all, const int64_t *sizes) {
               of(self).allGather(all, sizes);
             },
             [](void *self, void *all, const int64_t *sizes) {
               of(self).gather(all, sizes);
             },
             [](void *self, void *data, int64_t bytes) {
               of(self).broadcast(static_cast<char *>(data), bytes);
             }};
    sharing = channel.sharing();
    leave = [](ignis_transport *self, const char *reason) {
      of(self).end(reason);
    };
  }

private:
  static Transport &of(void *self) { return *static_cast<Transport *>(self); }
  static Transport &of(ignis_transport *self) {
    return *static_cast<Transport *>(self);
  }
  size_t size() const { return size_t(channel.ranks()); }

  void allGather(void *all, const int64_t *sizes);
  void gather(void *all, const int64_t *sizes);
  void broadcast(char *data, int64_t bytes);
  void end(const char *reason);

  template <class Collect>
  void collect(char *all, std::span<const int64_t> sizes, bool receives,
               Collect collect);

  int64_t mostBytes;
  Channel channel;
  Watch watch;
  std::vector<int> counts, offsets; ///< of a piece, by rank
  std::vector<char> piece;
};

} // namespace

/// Has `collect` bring pieces of `counts` bytes at `offsets` together in the
/// buffer that it is given: in `all`, unless that has more than MPI can count.
template <class Collect>
void Transport::collect(char *all, std::span<const int64_t> sizes,
                        bool receives, Collect collect) {
  int64_t total = std::reduce(sizes.begin(), sizes.end());
  if (total <= mostBytes) {
    int64_t offset = 0;
    for (size_t rank = 0; rank != size(); ++rank) {
      counts[rank] = int(sizes[rank]);
      offsets[rank] = int(offset);
      offset += sizes[rank];
    }
    collect(all);
    return;
  }
  int64_t part = std::max<int64_t>(mostBytes / 16 / channel.ranks(), 1);
  piece.resize(size_t(part) * size());
  // The same number of rounds everywhere: sizes are known to all.
  int64_t longest = std::ranges::max(sizes);
  for (int64_t done = 0; done < longest; done += part) {
    auto copy = [&](size_t rank, bool isOut) {
      int64_t first = std::reduce(sizes.begin(), sizes.begin() + rank);
      char *whole = all + first + done;
      char *staged = piece.data() + offsets[rank];
      if (counts[rank] > 0)
        std::memcpy(isOut ? whole : staged, isOut ? staged : whole,
                    size_t(counts[rank]));
    };
    for (size_t rank = 0; rank != size(); ++rank) {
      counts[rank] = int(std::clamp<int64_t>(sizes[rank] - done, 0, part));
      offsets[rank] = int(part * int64_t(rank));
    }
    copy(size_t(channel.rank()), /*isOut=*/false);
    collect(piece.data());
    for (size_t rank = 0; rank != size() && receives; ++rank)
      if (rank != size_t(channel.rank()))
        copy(rank, /*isOut=*/true);
  }
}

void Transport::allGather(void *all, const int64_t *sizes) {
  collect(static_cast<char *>(all), {sizes, size()}, /*receives=*/true,
          [this](char *data) {
            channel.complete([&](MPI_Request *request) {
              return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, data,
                                     counts.data(), offsets.data(), MPI_BYTE,
                                     channel.results(), request);
            });
          });
}

void Transport::gather(void *all, const int64_t *sizes) {
  size_t rank = size_t(channel.rank());
  bool isRoot = rank == 0;
  collect(static_cast<char *>(all), {sizes, size()}, isRoot,
          [&](char *data) {
            channel.complete([&](MPI_Request *request) {
              return MPI_Igatherv(isRoot ? MPI_IN_PLACE : data + offsets[rank],
                                  counts[rank], MPI_BYTE, data, counts.data(),
                                  offsets.data(), MPI_BYTE, 0,
                                  channel.results(), request);
            });
          });
}

void Transport::broadcast(char *data, int64_t bytes) {
  for (int64_t done = 0; done < bytes; done += mostBytes)
    channel.complete([&](MPI_Request *request) {
      return MPI_Ibcast(data + done, int(std::min(bytes - done, mostBytes)),
                        MPI_BYTE, 0, channel.results(), request);
    });
}

void Transport::end(const char *reason) {
  if (reason) {
    watch.fail(reason); // what is left goes with the process
    return;
  }
  watch.leave();
  channel.finish();
  delete this;
}

__attribute__((visibility("default"))) ignis_transport *
ignis_transport_open(const ignis_transport_options *options,
                     char error[IGNIS_ERROR_SIZE]) {
  if (options->abi_version != IGNIS_ABI_VERSION) {
    snprintf(error, IGNIS_ERROR_SIZE,
             "expected a transport of version %lld, found one of version %d",
             static_cast<long long>(options->abi_version), IGNIS_ABI_VERSION);
    return nullptr;
  }
  try {
    Deadline joining(*options, "joined",
                     ": expected the same command on each (--rank-timeout "
                     "allows more)");
    return std::make_unique<Transport>(*options).release();
  } catch (const std::exception &exception) {
    snprintf(error, IGNIS_ERROR_SIZE, "%s", exception.what());
    return nullptr;
  }
}
