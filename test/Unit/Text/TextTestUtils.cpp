//===- TextTestUtils.cpp - Vocabularies for the tests ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTestUtils.h"
#include "ignis/Text/ByteAlphabet.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

using namespace ignis;
using namespace ignis::test;

//===----------------------------------------------------------------------===//
// Metadata
//===----------------------------------------------------------------------===//

template <typename T>
static std::string encodeNumber(T value) {
  std::string bytes(sizeof(T), 0);
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

static std::string encodeType(GGUFType type) {
  return encodeNumber(uint32_t(type));
}

static std::string encodeString(std::string_view text) {
  return encodeNumber(uint64_t(text.size())) + std::string(text);
}

void Metadata::set(const std::string &key, std::string_view value) {
  entries[key] = encodeType(GGUFType::String) + encodeString(value);
}

void Metadata::set(const std::string &key, uint32_t value) {
  entries[key] = encodeType(GGUFType::UInt32) + encodeNumber(value);
}

void Metadata::set(const std::string &key, int32_t value) {
  entries[key] = encodeType(GGUFType::Int32) + encodeNumber(value);
}

void Metadata::set(const std::string &key, bool value) {
  entries[key] = encodeType(GGUFType::Bool) + encodeNumber(uint8_t(value));
}

void Metadata::set(const std::string &key,
                   const std::vector<std::string> &values) {
  std::string bytes = encodeType(GGUFType::Array) +
                      encodeType(GGUFType::String) +
                      encodeNumber(uint64_t(values.size()));
  for (const std::string &value : values)
    bytes += encodeString(value);
  entries[key] = bytes;
}

void Metadata::set(const std::string &key, const std::vector<int32_t> &values) {
  std::string bytes = encodeType(GGUFType::Array) +
                      encodeType(GGUFType::Int32) +
                      encodeNumber(uint64_t(values.size()));
  for (int32_t value : values)
    bytes += encodeNumber(value);
  entries[key] = bytes;
}

std::vector<std::byte> Metadata::encode() const {
  std::string bytes = "GGUF" + encodeNumber(uint32_t(3)) +
                      encodeNumber(uint64_t(0)) +
                      encodeNumber(uint64_t(entries.size()));
  for (const auto &[key, value] : entries)
    bytes += encodeString(key) + value;
  bytes.resize((bytes.size() + 31) / 32 * 32);
  auto *begin = reinterpret_cast<const std::byte *>(bytes.data());
  return {begin, begin + bytes.size()};
}

//===----------------------------------------------------------------------===//
// Vocabularies
//===----------------------------------------------------------------------===//

static std::string encodeUTF8(char32_t c) { // below U+0800
  if (c < 0x80)
    return {char(c)};
  return {char(0xC0 | c >> 6), char(0x80 | (c & 0x3F))};
}

std::string test::toByteAlphabet(std::string_view bytes) {
  std::string text;
  for (char byte : bytes)
    text += encodeUTF8(characterOfByte[uint8_t(byte)]);
  return text;
}

TestVocabulary::TestVocabulary(const std::vector<std::string> &merges)
    : merges(merges) {
  for (int byte = 0; byte < 256; ++byte)
    add(toByteAlphabet(std::string(1, char(byte))));
  for (std::string text : merges)
    add(text.erase(text.find(' '), 1));
  for (const char *text : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"})
    add(text, TokenType::Control);
  add("<tool_call>", TokenType::UserDefined);
}

int32_t TestVocabulary::add(const std::string &text, TokenType type) {
  auto known = std::ranges::find(tokens, text);
  if (known != tokens.end())
    return int32_t(known - tokens.begin());
  tokens.push_back(text);
  types.push_back(int32_t(type));
  return int32_t(tokens.size() - 1);
}

Metadata TestVocabulary::metadata() const {
  Metadata metadata;
  metadata.set("tokenizer.ggml.model", std::string_view("gpt2"));
  metadata.set("tokenizer.ggml.pre", std::string_view("qwen2"));
  metadata.set("tokenizer.ggml.tokens", tokens);
  metadata.set("tokenizer.ggml.token_type", types);
  metadata.set("tokenizer.ggml.merges", merges);
  return metadata;
}

LoadedTokenizer test::loadTokenizer(const Metadata &metadata) {
  std::vector<std::byte> bytes = metadata.encode();
  Expected<GGUFFile> file = GGUFFile::fromBytes(bytes, "test.gguf");
  if (!file)
    throw std::runtime_error(file.error().message);
  Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
  if (!tokenizer)
    throw std::runtime_error(tokenizer.error().message);
  return {std::move(bytes), std::move(*file), std::move(*tokenizer)};
}

int32_t LoadedTokenizer::id(std::string_view text) const {
  return tokenizer.vocabulary().find(text).value();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

std::string test::sharedData() {
  const char *folder = std::getenv("IGNIS_SHARED_DIR");
  if (!folder || !std::filesystem::exists(folder))
    return "";
  return std::string(folder) + "/";
}

std::string test::readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}
