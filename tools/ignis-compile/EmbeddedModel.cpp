//===- EmbeddedModel.cpp - A model as an object file ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddedModel.h"

#include "ignis/Engine/Handles.h"

#include "llvm/BinaryFormat/ELF.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

using namespace ignis;
using namespace llvm::ELF;

namespace {

constexpr uint64_t pageSize = 4096;

/// The sections, in the order of their headers.
enum Section : uint16_t { Null, Model, Symbols, Strings, Stack, Count };

/// What stands before the model's bytes.
struct Header {
  Elf64_Ehdr file = {};
  Elf64_Shdr sections[Count] = {};
  Elf64_Sym symbols[2] = {};
  char strings[256] = {};
};
static_assert(sizeof(Header) <= pageSize, "the model begins on a page");

} // namespace

static Header makeHeader(uint64_t size, const std::string &symbol,
                         uint16_t machine) {
  Header header;
  std::string strings(1, '\0');
  auto addString = [&](const std::string &text) {
    auto offset = static_cast<uint32_t>(strings.size());
    strings += text + '\0';
    return offset;
  };

  std::memcpy(header.file.e_ident, ElfMagic, 4);
  header.file.e_ident[EI_CLASS] = ELFCLASS64;
  header.file.e_ident[EI_DATA] = ELFDATA2LSB;
  header.file.e_ident[EI_VERSION] = EV_CURRENT;
  header.file.e_type = ET_REL;
  header.file.e_machine = machine;
  header.file.e_version = EV_CURRENT;
  header.file.e_ehsize = sizeof(Elf64_Ehdr);
  header.file.e_shoff = offsetof(Header, sections);
  header.file.e_shentsize = sizeof(Elf64_Shdr);
  header.file.e_shnum = Count;
  header.file.e_shstrndx = Strings;

  Elf64_Shdr &model = header.sections[Model];
  model.sh_name = addString(".rodata.ignis");
  model.sh_type = SHT_PROGBITS;
  model.sh_flags = SHF_ALLOC;
  model.sh_offset = pageSize;
  model.sh_size = size;
  model.sh_addralign = pageSize;

  Elf64_Shdr &symbols = header.sections[Symbols];
  symbols.sh_name = addString(".symtab");
  symbols.sh_type = SHT_SYMTAB;
  symbols.sh_offset = offsetof(Header, symbols);
  symbols.sh_size = sizeof(Header::symbols);
  symbols.sh_link = Strings;
  symbols.sh_info = 1; // the first global symbol
  symbols.sh_addralign = alignof(Elf64_Sym);
  symbols.sh_entsize = sizeof(Elf64_Sym);
  header.symbols[1].st_name = addString(symbol);
  header.symbols[1].setBindingAndType(STB_GLOBAL, STT_OBJECT);
  header.symbols[1].st_other = STV_HIDDEN;
  header.symbols[1].st_shndx = Model;
  header.symbols[1].st_size = size;

  // Says that no stack has to be executable.
  header.sections[Stack].sh_name = addString(".note.GNU-stack");
  header.sections[Stack].sh_type = SHT_PROGBITS;
  header.sections[Stack].sh_addralign = 1;

  Elf64_Shdr &table = header.sections[Strings];
  table.sh_name = addString(".strtab");
  table.sh_type = SHT_STRTAB;
  table.sh_offset = offsetof(Header, strings);
  table.sh_size = strings.size();
  table.sh_addralign = 1;
  strings.copy(header.strings, sizeof(header.strings));
  return header;
}

using File = std::unique_ptr<std::FILE, Destroyer<std::fclose>>;

static Expected<void> copyBytes(std::FILE *from, std::FILE *to, uint64_t size,
                                const HeldSignals &signals) {
  std::vector<char> piece(size_t{1} << 20);
  for (uint64_t left = size; left > 0;) {
    if (auto checked = signals.check(); !checked)
      return checked;
    size_t wanted = std::min<uint64_t>(left, piece.size());
    size_t read = std::fread(piece.data(), 1, wanted, from);
    if (read != wanted)
      return makeError(ExitCode::InvalidModel, "cannot read: {}",
                       std::ferror(from) ? std::strerror(errno)
                                         : "the file became shorter");
    if (std::fwrite(piece.data(), 1, wanted, to) != wanted)
      return makeError(ExitCode::Failure, "cannot write: {}",
                       std::strerror(errno));
    left -= wanted;
  }
  return {};
}

Expected<void>
ignis::writeEmbeddedModel(const std::string &object, const std::string &model,
                          uint64_t size, const std::string &symbol,
                          uint16_t machine, const HeldSignals &signals) {
  File from(std::fopen(model.c_str(), "rb"));
  if (!from)
    return makeError(ExitCode::InvalidModel, "{}: cannot read: {}", model,
                     std::strerror(errno));
  File to(std::fopen(object.c_str(), "wb"));
  Header header = makeHeader(size, symbol, machine);
  std::vector<char> page(pageSize);
  std::memcpy(page.data(), &header, sizeof(header));
  if (!to || std::fwrite(page.data(), 1, page.size(), to.get()) != page.size())
    return makeError(ExitCode::Failure, "{}: cannot write: {}", object,
                     std::strerror(errno));
  if (auto copied = copyBytes(from.get(), to.get(), size, signals); !copied)
    return makeError(copied.error().code, "embedding {}: {}", model,
                     copied.error().message);
  if (std::fclose(to.release()) != 0)
    return makeError(ExitCode::Failure, "{}: cannot write: {}", object,
                     std::strerror(errno));
  return {};
}
