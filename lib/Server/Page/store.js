// Conversations and settings, kept in this browser and nowhere else.

const CHATS = "ignis-chats", SETTINGS = "ignis-settings";

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
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

export const settings = read(SETTINGS, {});
export const saveSettings = () => write(SETTINGS, settings);

export const chats = read(CHATS, []);
export const saveChats = () => write(CHATS, chats);

export function addChat() {
  const chat = { id: Date.now().toString(36) + Math.random().toString(36).slice(2), messages: [] };
  chats.unshift(chat);
  return chat;
}

export function removeChat(chat) {
  chats.splice(chats.indexOf(chat), 1);
}

export function titleOf(chat) {
  const first = chat.messages.find((message) => message.role === "user");
  return first ? first.content.slice(0, 60) : "New conversation";
}

// As Markdown, for people.
export function exportChat(chat) {
  return chat.messages.map((message) => `**${message.role}**\n\n${message.content}\n`).join("\n");
}
