// The page of ignis-server: one conversation is shown, its answers stream in.

import { settings, saveSetting, chats, touch, saveChat, addChat, removeChat, restoreChat, onOthers, titleOf, exportChat } from "/store.js";
import { element, renderMarkdown, copyText } from "/markdown.js";

const $ = (id) => document.getElementById(id);
let chat = chats[0] ?? addChat();
let shares = {}; // of the machine's limit, by model: what a token a second takes
let drawn = null; // the messages that are shown
let running = null; // what aborts the answer that comes in

function headers(more = {}) {
  const all = { "Content-Type": "application/json", ...more };
  if (settings.key) all.Authorization = "Bearer " + settings.key;
  return all;
}

// ---- What is shown

async function copy(text) {
  say((await copyText(text)) ? "Copied." : "The browser does not allow copying.");
}

function renderMessage(message, index) {
  const who = message.role === "user" ? "You" : "Model";
  const article = element("article", { className: "message " + message.role, ariaLabel: who });
  article.append(element("div", { className: "who", textContent: who }));
  if (message.reasoning) {
    const fold = element("details", {}, element("summary", { textContent: "Thinking", onclick: () => (fold.dataset.byHand = "yes") }), element("div", { className: "thinking", textContent: message.reasoning }));
    fold.open = !message.content && index === chat.messages.length - 1;
    article.append(fold);
  }
  article.append(message.role === "user" ? element("div", { className: "body", textContent: message.content }) : renderMarkdown(message.content, copy));
  const tool = (text, label, onclick) => element("button", { type: "button", textContent: text, ariaLabel: label, onclick });
  const tools = element("div", { className: "tools" }, tool("Copy", "Copy this message", () => copy(message.content)));
  if (message.role === "user") tools.append(tool("Edit", "Edit this message", () => edit(index)));
  else tools.append(tool("Regenerate", "Answer again", () => regenerate(index)));
  article.append(tools);
  return article;
}

function render() {
  drawn = chat.messages;
  $("talk").replaceChildren(...chat.messages.map(renderMessage));
  renderList();
  scroll(true);
}

function renderList() {
  $("list").replaceChildren(
    ...chats.map((other) => {
      const button = element("button", { type: "button", textContent: titleOf(other), onclick: () => open(other) });
      if (other === chat) button.setAttribute("aria-current", "true");
      return element("li", {}, button);
    }),
  );
}

// Follows the text unless somebody has scrolled away from its end.
function scroll(always) {
  const talk = $("talk");
  if (always || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120) talk.scrollTop = talk.scrollHeight;
}

// An answer that grows is drawn once a frame at most.
let isDrawing = false;
function drawLast() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    const index = chat.messages.length - 1;
    if (index < 0) return;
    const last = $("talk").lastElementChild;
    const fresh = renderMessage(chat.messages[index], index);
    const before = last?.querySelector("details"), fold = fresh.querySelector("details");
    if (fold && before?.dataset.byHand) {
      fold.open = before.open;
      fold.dataset.byHand = "yes";
    }
    last ? last.replaceWith(fresh) : $("talk").append(fresh);
    scroll(false);
  });
}

function say(text) {
  $("status").textContent = text;
}

// Whether the browser has kept what it was given.
function keep(isKept) {
  $("full").hidden = isKept;
  $("kept").hidden = !isKept;
}

function setRunning(controller) {
  running = controller;
  $("send").hidden = !!controller;
  $("stop").hidden = !controller;
}

// ---- Conversations

function open(other) {
  running?.abort();
  chat = other;
  $("side").classList.remove("shown");
  render();
  $("text").focus();
}

function start() {
  open(chat.messages.length === 0 ? chat : addChat());
}

// Takes the conversation away, and offers it once more.
function remove() {
  const removed = chat;
  keep(removeChat(removed));
  open(chats[0] ?? addChat());
  $("removed").replaceChildren();
  if (removed.messages.length === 0) return;
  const undo = () => {
    keep(restoreChat(removed));
    $("removed").replaceChildren();
    open(removed);
  };
  $("removed").append(`Deleted: ${titleOf(removed)} `, element("button", { id: "undo", type: "button", className: "small", textContent: "Undo", onclick: undo }));
}

// Shows what another tab has changed.
function takeUp() {
  showSettings();
  if (!chats.includes(chat)) open(chats[0] ?? addChat());
  else if (chat.messages !== drawn) render();
  else renderList();
}

function edit(index) {
  running?.abort();
  $("text").value = chat.messages[index].content;
  chat.messages.length = index;
  keep(saveChat(chat));
  render();
  fit();
  $("text").focus();
}

function regenerate(index) {
  running?.abort();
  chat.messages.length = index;
  render();
  answer();
}

// ---- Answers

function makeRequest() {
  const messages = chat.messages.map(({ role, content }) => ({ role, content }));
  if (settings.system) messages.unshift({ role: "system", content: settings.system });
  const request = { model: $("model").value, messages, stream: true, stream_options: { include_usage: true } };
  for (const name of ["temperature", "top_p", "max_tokens", "seed"])
    if (settings[name] !== undefined && settings[name] !== "") request[name] = Number(settings[name]);
  return request;
}

// The events of a stream, as they come.
async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const data = text.slice(0, end).replace(/^data: /, "");
      if (data !== "[DONE]") yield JSON.parse(data);
    }
  }
}

async function answer() {
  const own = chat, controller = new AbortController();
  touch(own);
  setRunning(controller);
  say("…");
  const began = performance.now();
  let first = 0, message = null;
  try {
    const response = await fetch("/v1/chat/completions", { method: "POST", headers: headers({ "X-Conversation": own.id }), body: JSON.stringify(makeRequest()), signal: controller.signal });
    setGone(false);
    if (!response.ok) throw new Error((await response.json()).error.message);
    controller.signal.throwIfAborted();
    message = { role: "assistant", content: "" };
    own.messages.push(message);
    appendLast(own);
    for await (const event of readEvents(response.body)) {
      if (event.error) throw new Error(event.error.message);
      const delta = event.choices[0]?.delta ?? {};
      first ||= delta.content || delta.reasoning_content ? performance.now() : 0;
      message.content += delta.content ?? "";
      if (delta.reasoning_content) message.reasoning = (message.reasoning ?? "") + delta.reasoning_content;
      touch(own);
      if (event.usage) report(event.usage.completion_tokens, began, first);
      if (own === chat) drawLast();
    }
  } catch (error) {
    if (error.name === "AbortError") {
      if (running === controller) say("Stopped.");
    } else if (error instanceof TypeError) setGone(true);
    else say(error.message);
  }
  if (running === controller) setRunning(null);
  keep(saveChat(own));
  if (own !== chat) return;
  drawLast();
  if (message) $("heard").textContent = message.content;
}

function appendLast(own) {
  if (own !== chat) return;
  $("talk").append(renderMessage(chat.messages.at(-1), chat.messages.length - 1));
  scroll(true);
}

function report(tokens, began, first) {
  const now = performance.now(), seconds = (now - (first || began)) / 1000;
  const rate = tokens > 1 && seconds > 0 ? ((tokens - 1) / seconds).toFixed(1) + " tokens a second, " : "";
  const share = rate && shares[$("model").value] ? `${Math.round(100 * shares[$("model").value] * (tokens - 1) / seconds)} % of what this machine can, ` : "";
  say(`${tokens} tokens, ${rate}${share}first after ${(((first || now) - began) / 1000).toFixed(2)} s`);
}

function send() {
  const text = $("text").value.trim();
  if (!text || running) return;
  chat.messages.push({ role: "user", content: text });
  $("text").value = "";
  fit();
  $("removed").replaceChildren();
  keep(saveChat(chat));
  render();
  answer();
}

// ---- The server

function setGone(isGone) {
  $("gone").hidden = !isGone;
  if (isGone) say("");
}

async function loadModels() {
  try {
    const response = await fetch("/v1/models", { headers: headers() });
    setGone(false);
    const answer = await response.json();
    if (!response.ok) return say(answer.error.message + ": see Settings");
    $("model").replaceChildren(...answer.data.map((model) => element("option", { value: model.id, textContent: model.id })));
    const props = await (await fetch("/props", { headers: headers() })).json();
    const limit = props.read_bytes_per_second;
    shares = limit ? Object.fromEntries(props.models.map(({ id, bytes_per_token }) => [id, bytes_per_token / limit])) : {};
    if (settings.model) $("model").value = settings.model;
    if (!$("model").value) $("model").selectedIndex = 0;
  } catch {
    setGone(true);
  }
}

async function watch() {
  try {
    await fetch("/health");
    if (!$("gone").hidden) await loadModels();
  } catch {
    setGone(true);
  }
}

// ---- Controls

const FIELDS = ["key", "system", "temperature", "top_p", "max_tokens", "seed", "model"];

function showSettings() {
  for (const name of FIELDS)
    if (name !== "model" && $(name) !== document.activeElement) $(name).value = settings[name] ?? "";
}

function fit() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = Math.min(text.scrollHeight + 2, innerHeight * 0.4) + "px";
}

$("form").onsubmit = (event) => {
  event.preventDefault();
  send();
};
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
};
$("text").oninput = fit;
$("stop").onclick = () => running?.abort();
$("new").onclick = start;
$("show").onclick = () => $("side").classList.add("shown");
$("hide").onclick = () => $("side").classList.remove("shown");
$("remove").onclick = remove;
$("export").onclick = () => {
  const link = element("a", { href: URL.createObjectURL(new Blob([exportChat(chat)], { type: "text/markdown" })), download: "conversation.md" });
  link.click();
  URL.revokeObjectURL(link.href);
};
for (const name of FIELDS) {
  $(name).onchange = () => {
    keep(saveSetting(name, $(name).value));
    if (name !== "key") return;
    say("");
    loadModels();
  };
}
document.onkeydown = (event) => {
  if (event.key === "Escape") running ? running.abort() : $("side").classList.remove("shown");
  if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "o") {
    event.preventDefault();
    start();
  }
};

// What has come of an answer is kept, too.
addEventListener("pagehide", () => running && saveChat(chat));
onOthers(takeUp);
showSettings();
render();
loadModels();
setInterval(watch, 5000);
$("text").focus();
