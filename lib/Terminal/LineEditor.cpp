//===- LineEditor.cpp - Editing lines at a terminal -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Terminal/LineEditor.h"

#include "WideText.h"

#include "ignis/Support/Print.h"
#include "ignis/Support/Signals.h"

#include <atomic>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <deque>

#include <histedit.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

using namespace ignis;

/// Set by signals: the terminal has another size; the program was stopped, and
/// goes on.
static std::atomic<bool> resized = false;
static std::atomic<bool> continued = false;
static_assert(std::atomic<bool>::is_always_lock_free,
              "used by a signal handler");

static void onSignal(int signal) {
  (signal == SIGWINCH ? resized : continued) = true;
}

/// libedit writes and measures characters by the locale. Text is UTF-8 here.
static void setLocale() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
    std::setlocale(LC_CTYPE, "C.UTF-8");
}

namespace {

class LineEditor : public LineReader {
public:
  LineEditor(std::FILE *terminal, bool coloured);
  LineEditor(const LineEditor &) = delete;
  ~LineEditor() override;

  bool isInteractive() const override { return true; }
  Expected<std::optional<std::string>>
  read(const std::string &prompt, const std::string &initial) override;
  bool gaveUp() const override { return !wasEmpty; }
  bool isPasted() const override { return wasPasted; }
  void remember(const std::string &text) override;

private:
  static LineEditor &of(EditLine *editor);
  static wchar_t *getPrompt(EditLine *editor) {
    return of(editor).prompt.data();
  }
  static int getCharacter(EditLine *editor, wchar_t *character) {
    return of(editor).followSearch(*character);
  }
  static unsigned char paste(EditLine *editor, wint_t);

  void bindKeys();
  int readCharacter(wchar_t &character);
  int followSearch(wchar_t &character);
  bool waitForInput();
  void askForPasteMarks();

  std::FILE *terminal; ///< what is edited is shown here
  const bool isCapable; ///< of more than writing lines
  const bool coloured;
  EditLine *editor;
  HistoryW *history;
  std::wstring prompt;
  std::deque<wchar_t> typed; ///< before what is read
  CharacterDecoder decoder;
  bool wasEmpty = true; ///< the line, when it was interrupted
  bool wasPasted = false; ///< several lines, into an empty one
  bool isSearching = false; ///< in the history
};

} // namespace

// A bracketed paste.
static constexpr std::wstring_view pasteBegin = L"\33[200~";
static constexpr std::wstring_view pasteEnd = L"\33[201~";

static bool isCapableTerminal() {
  const char *name = std::getenv("TERM");
  return name && *name && std::strcmp(name, "dumb") != 0;
}

LineEditor::LineEditor(std::FILE *terminal, bool coloured)
    : terminal(terminal), isCapable(isCapableTerminal()), coloured(coloured),
      editor(el_init("ignis", stdin, terminal, terminal)),
      history(history_winit()) {
  HistEventW event;
  history_w(history, &event, H_SETSIZE, 1000);
  history_w(history, &event, H_SETUNIQUE, 1);
  el_wset(editor, EL_CLIENTDATA, this);
  el_wset(editor, EL_SIGNAL, 0);
  el_wset(editor, EL_HIST, history_w, history);
  el_wset(editor, EL_PROMPT_ESC, getPrompt, L'\1');
  el_wset(editor, EL_GETCFN, getCharacter);
  el_wset(editor, EL_EDITOR, L"emacs");
  bindKeys();
  el_source(editor, nullptr); // as the user likes it: ~/.editrc

  struct sigaction action = {};
  action.sa_handler = onSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGWINCH, &action, nullptr);
  sigaction(SIGCONT, &action, nullptr);
}

LineEditor::~LineEditor() {
  el_end(editor);
  history_wend(history);
  if (terminal != stderr)
    std::fclose(terminal);
}

LineEditor &LineEditor::of(EditLine *editor) {
  void *self;
  el_wget(editor, EL_CLIENTDATA, &self);
  return *static_cast<LineEditor *>(self);
}

void LineEditor::bindKeys() {
  el_wset(editor, EL_ADDFN, L"ignis-paste", L"Takes what is pasted", paste);
  static constexpr const wchar_t *keys[][2] = {
      {L"\\e[200~", L"ignis-paste"},     {L"\\e[1~", L"ed-move-to-beg"},
      {L"\\e[7~", L"ed-move-to-beg"},    {L"\\e[H", L"ed-move-to-beg"},
      {L"\\eOH", L"ed-move-to-beg"},     {L"\\e[4~", L"ed-move-to-end"},
      {L"\\e[8~", L"ed-move-to-end"},    {L"\\e[F", L"ed-move-to-end"},
      {L"\\eOF", L"ed-move-to-end"},     {L"\\e[3~", L"ed-delete-next-char"},
      {L"\\e[1;5C", L"em-next-word"},    {L"\\e[1;5D", L"ed-prev-word"},
      {L"^R", L"em-inc-search-prev"},    {L"^W", L"ed-delete-prev-word"},
      {L"^U", L"vi-kill-line-prev"},
  };
  for (const auto &[key, function] : keys)
    el_wset(editor, EL_BIND, key, function, nullptr);
}

/// Inserts all up to the end of the paste, its lines as lines.
unsigned char LineEditor::paste(EditLine *editor, wint_t) {
  std::wstring text;
  wchar_t character;
  while (!text.ends_with(pasteEnd)) {
    if (of(editor).readCharacter(character) != 1)
      return CC_EOF;
    text += character == L'\r' ? L'\n' : character;
  }
  text.resize(text.size() - pasteEnd.size());
  const LineInfoW *line = el_wline(editor);
  if (line->lastchar == line->buffer)
    of(editor).wasPasted = text.find(L'\n') != std::wstring::npos;
  if (text.empty() || el_winsertstr(editor, text.c_str()) != 0)
    return CC_ERROR;
  return CC_REFRESH;
}

/// Has the terminal say where a paste begins and ends.
void LineEditor::askForPasteMarks() {
  if (isCapable)
    print(terminal, "\33[?2004h");
  std::fflush(terminal);
}

/// Whether there is something to read; false once that was interrupted.
bool LineEditor::waitForInput() {
  // Signals may be answered by another thread: what they say is looked for.
  constexpr int milliseconds = 100;
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  for (;;) {
    int ready = poll(&input, 1, milliseconds);
    if (isInterrupted())
      return false;
    bool isContinued = continued.exchange(false);
    bool isResized = resized.exchange(false);
    if (isContinued) {
      // Whoever had the terminal meanwhile has set it; libedit believes that it
      // is as it was, unless it gives it back first.
      el_wset(editor, EL_PREP_TERM, 0);
      el_wset(editor, EL_PREP_TERM, 1);
      askForPasteMarks();
    }
    if (isResized)
      el_resize(editor);
    if (isContinued || isResized) {
      // The line is drawn anew, in the place of the old one.
      if (isCapable)
        print(terminal, "\r\33[J");
      el_wset(editor, EL_REFRESH);
    }
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return true; // reading will say why
  }
}

/// As libedit wants it: 1, 0 at the end, -1 if there is none.
int LineEditor::readCharacter(wchar_t &character) {
  if (!typed.empty()) {
    character = typed.front();
    typed.pop_front();
    return 1;
  }
  for (;;) {
    if (std::optional<char32_t> next = decoder.next()) {
      character = static_cast<wchar_t>(*next);
      return 1;
    }
    if (!waitForInput()) {
      const LineInfoW *line = el_wline(editor);
      wasEmpty = line->lastchar == line->buffer;
      return -1;
    }
    char bytes[4096];
    ssize_t size = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (size <= 0 && !(size < 0 && errno == EINTR))
      return size == 0 ? 0 : -1;
    if (size > 0)
      decoder.push({bytes, static_cast<size_t>(size)});
  }
}

/// The same. A search ends with an escape, which libedit takes as no more than
/// that: where one begins the name of a key, the key gets another.
int LineEditor::followSearch(wchar_t &character) {
  int status = readCharacter(character);
  if (status != 1)
    return status;
  constexpr wchar_t search = L'\x12', escape = L'\x1b', erase = L'\b',
                    eraseWord = L'\x17';
  if (isSearching && character == escape && !decoder.isEmpty())
    typed.push_back(escape);
  if (character == search)
    isSearching = true;
  else if (character < L' ' && character != erase && character != eraseWord)
    isSearching = false;
  return status;
}

Expected<std::optional<std::string>>
LineEditor::read(const std::string &promptText, const std::string &initial) {
  prompt = toWide(promptText);
  if (coloured)
    prompt = L"\1\33[32m\1" + prompt;
  if (!initial.empty()) {
    // As if it were pasted: its lines are no ends of it.
    typed.assign(pasteBegin.begin(), pasteBegin.end());
    for (wchar_t character : toWide(initial))
      typed.push_back(character);
    typed.insert(typed.end(), pasteEnd.begin(), pasteEnd.end());
  }
  wasEmpty = true;
  wasPasted = isSearching = false;
  askForPasteMarks();
  int count = 0;
  const wchar_t *line = el_wgets(editor, &count);
  std::optional<std::string> text;
  if (line && count > 0)
    text = toUTF8({line, static_cast<size_t>(count)});
  if (isCapable)
    print(terminal, "\33[?2004l");
  if (coloured)
    print(terminal, "\33[0m");
  // A line that is given up is ended; so is the prompt of a last one.
  if (!text)
    print(terminal, "\n");
  std::fflush(terminal);
  if (!text)
    typed.clear();
  else if (text->ends_with('\n'))
    text->pop_back();
  // It may have been taken back.
  wasPasted &= text && text->find('\n') != std::string::npos;
  return text;
}

void LineEditor::remember(const std::string &text) {
  HistEventW event;
  if (!text.empty())
    history_w(history, &event, H_ENTER, toWide(text).c_str());
}

std::unique_ptr<LineReader> ignis::makeLineEditor(bool coloured) {
  if (!isatty(STDIN_FILENO))
    return makePlainReader();
  std::FILE *terminal =
      isatty(STDERR_FILENO) ? stderr : std::fopen("/dev/tty", "w");
  if (!terminal)
    return makePlainReader();
  setLocale();
  return std::make_unique<LineEditor>(terminal, coloured);
}
