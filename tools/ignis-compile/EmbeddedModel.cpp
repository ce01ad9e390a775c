//===- EmbeddedModel.cpp - A model as an object file ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddedModel.h"

#include "ignis/Support/OutputFile.h"

#include "llvm/BinaryFormat/ELF.h"

#include <cstring>

using namespace ignis;
using namespace llvm::ELF;

namespace {

constexpr uint64_t pageSize = 4096;

/// The sections, in the order of their headers.
enum Section : uint16_t { Null, Model, Symbols, Strings, Stack, Count };

/// What stands before the strings and the model's bytes.
struct Header {
  Elf64_Ehdr file = {};
  Elf64_Shdr sections[Count] = {};
  Elf64_Sym symbols[2] = {};
};

} // namespace

/// All that stands before the model, in whole pages.
static std::string makeHeader(uint64_t size, const std::string &symbol,
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
  table.sh_offset = sizeof(Header);
  table.sh_size = strings.size();
  table.sh_addralign = 1;

  size_t used = sizeof(Header) + strings.size();
  model.sh_offset = (used + pageSize - 1) / pageSize * pageSize;
  std::string bytes(reinterpret_cast<const char *>(&header), sizeof(header));
  bytes += strings;
  bytes.resize(model.sh_offset);
  return bytes;
}

Expected<void> ignis::writeEmbeddedModel(const std::string &object,
                                         std::span<const std::byte> model,
                                         const std::string &symbol,
                                         uint16_t machine) {
  Expected<OutputFile> file = OutputFile::create(object);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (auto done = file->write(makeHeader(model.size(), symbol, machine)); !done)
    return done;
  if (auto done = file->write(model); !done)
    return done;
  return file->finish();
}
