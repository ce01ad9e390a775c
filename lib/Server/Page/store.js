// Conversations and settings, kept in this browser and nowhere else. Several tabs
// may have them open: each takes up what the others have stored before it stores.

const CHATS = "ignis-chats", SETTINGS = "ignis-settings";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or forbidden
  }
}

export const settings = read(SETTINGS) ?? {};

// This and the functions below that store: whether the browser has kept it.
export function saveSetting(name, value) {
  Object.assign(settings, read(SETTINGS), { [name]: value });
  return write(SETTINGS, settings);
}

// The latest first.
export const chats = [];
// When each conversation in the storage was changed, as this tab has last seen it:
// what is in here and not in the storage has been removed by another tab.
let seen = new Map();

function see(stored) {
  seen = new Map(stored.map(({ id, changed }) => [id, changed]));
}

const makeId = () => Date.now().toString(36) + Math.random().toString(36).slice(2);

// Takes up what is stored. Where this tab and another one have changed the same
// conversation both are kept, this tab's under a new name.
function merge() {
  const found = read(CHATS);
  if (!Array.isArray(found)) return;
  const stored = found.filter((chat) => Array.isArray(chat?.messages));
  const theirs = new Map(stored.map((chat) => [chat.id, chat]));
  const merged = [];
  for (const chat of chats) {
    const other = theirs.get(chat.id);
    if (!other && seen.has(chat.id)) continue;
    merged.push(chat);
    if (!other || other.changed === chat.changed) continue;
    const before = seen.get(chat.id);
    if (chat.changed === before) Object.assign(chat, other);
    else if (other.changed !== before) {
      merged.push(other);
      chat.id = makeId();
    }
  }
  merged.push(...stored.filter(({ id }) => !seen.has(id) && merged.every((chat) => chat.id !== id)));
  chats.splice(0, chats.length, ...merged.sort((a, b) => (a.id < b.id ? 1 : -1)));
  see(stored);
}

function saveChats() {
  merge();
  // What was never said is of no use to another tab.
  const stored = chats.filter(({ id, messages }) => messages.length || seen.has(id));
  const isSaved = write(CHATS, stored);
  if (isSaved) see(stored);
  return isSaved;
}

// Has to be called whenever a conversation has changed, so that what other tabs do to
// it takes nothing away.
export function touch(chat) {
  chat.changed = Math.max(Date.now(), (chat.changed ?? 0) + 1);
}

export function saveChat(chat) {
  touch(chat);
  return saveChats();
}

export function addChat() {
  const chat = { id: makeId(), messages: [] };
  chats.unshift(chat);
  return chat;
}

export function removeChat(chat) {
  chats.splice(chats.indexOf(chat), 1);
  return saveChats();
}

export function restoreChat(chat) {
  chats.push(chat);
  return saveChat(chat);
}

// Calls whenever another tab has changed what is stored.
export function onOthers(callback) {
  addEventListener("storage", ({ key }) => {
    if (key === CHATS) merge();
    if (key === SETTINGS) Object.assign(settings, read(SETTINGS));
    callback();
  });
}

export function titleOf(chat) {
  const first = chat.messages.find((message) => message.role === "user");
  return first ? first.content.slice(0, 60) : "New conversation";
}

// As Markdown, for people.
export function exportChat(chat) {
  return chat.messages.map((message) => `**${message.role}**\n\n${message.content}\n`).join("\n");
}

merge();
