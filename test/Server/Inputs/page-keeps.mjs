// page-keeps.mjs NPM: what the page keeps of conversations, changes in them, and takes
// away; and what of it is heard.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { browser, openTab } from "./browser.mjs";

const context = await browser.createBrowserContext();
const page = await openTab(context);
const titles = (tab) => tab.texts("#list button");
const stored = () => page.evaluate(() => JSON.parse(localStorage.getItem("ignis-chats")));
const hasTitle = (tab, title) => tab.until((title) => [...document.querySelectorAll("#list button")].some((button) => button.textContent === title), title);
await page.until(() => document.getElementById("model").options.length === 1);
await page.set("max_tokens", "30");
await page.set("seed", "5");

// An answer is read out once, whole, and not as it grows. Its request names the
// conversation, by which a proxy finds the replica that knows it.
await page.evaluate(() => {
  window.heard = [];
  window.live = 0;
  new MutationObserver((all) => all.forEach(({ target }) => {
    const region = (target.closest ?? target.parentElement.closest).call(target, "[aria-live], [role=status], [role=alert], [role=log]");
    if (region?.id === "heard") window.heard.push(region.textContent);
    else if (region && region.id !== "status") ++window.live;
  })).observe(document.body, { childList: true, subtree: true });
});
const asked = page.waitForRequest((request) => request.method() === "POST");
await page.say("First");
const id = (await asked).headers()["x-conversation"];
await page.messages(2);
await page.idle();
await page.until(() => window.heard.length);
assert.deepEqual(await page.evaluate(() => window.heard.map((text) => text.trim())), [(await page.evaluate(() => JSON.parse(localStorage.getItem("ignis-chats"))[0].messages[1].content)).trim()]);
assert.equal(await page.evaluate(() => window.live), 0);
assert.deepEqual((await stored()).map((chat) => chat.id), [id]);

// A second tab: what each of them says is kept, and shown in the other's list.
const other = await openTab(context);
await other.until(() => document.getElementById("model").options.length === 1);
assert.equal(await other.count("#talk article"), 2);
await other.click("#new");
await other.say("Second");
await other.messages(2);
await other.idle();
await hasTitle(page, "Second");
await page.bringToFront();
await page.click("#new");
await page.say("Third");
await page.messages(2);
await page.idle();
await hasTitle(other, "Third");
assert.deepEqual((await stored()).map((chat) => chat.messages.map(({ content }) => content)[0]), ["Third", "Second", "First"]);

// Both are kept where one conversation goes on in both: the second tab says something
// while the first one's question is on its way.
await other.evaluate(() => [...document.querySelectorAll("#list button")].find((button) => button.textContent === "Third").click());
await page.bringToFront();
const held = [];
const hold = (request) => (request.method() === "POST" ? held.push(request) : request.continue());
page.on("request", hold);
await page.setRequestInterception(true);
await page.say("Here");
await other.bringToFront();
await other.until(() => document.querySelectorAll("#talk article").length === 3);
await other.say("There");
await other.messages(5);
await other.idle();
await page.bringToFront();
page.off("request", hold);
await Promise.all(held.map((request) => request.continue()));
await page.setRequestInterception(false);
await page.messages(4);
await page.idle();
const said = (await stored()).map((chat) => chat.messages.filter(({ role }) => role === "user").map(({ content }) => content).join());
assert.deepEqual(said, ["Third,Here", "Third,Here,There", "Second", "First"]);
await other.until((count) => document.querySelectorAll("#list button").length === count, (await titles(page)).length);
assert.deepEqual(await titles(other), await titles(page));

// What is removed in one is gone in the other, and comes back in both.
const before = await titles(page);
await other.bringToFront();
await other.evaluate(() => [...document.querySelectorAll("#list button")].find((button) => button.textContent === "Second").click());
await other.click("#remove");
await page.until(() => ![...document.querySelectorAll("#list button")].some((button) => button.textContent === "Second"));
assert.match(await other.text("#removed"), /^Deleted: Second/);
assert.equal((await stored()).length, before.length - 1);
await page.set("temperature", "0.5");
assert.equal((await stored()).length, before.length - 1);
await other.press("#undo");
await hasTitle(page, "Second");
assert.deepEqual(await titles(other), before);
assert.equal(await other.count("#talk article"), 2);
assert.equal(await other.text("#removed"), "");

// So are settings: each tab's change leaves the other's.
await other.set("top_p", "0.9");
await page.until(() => document.getElementById("top_p").value === "0.9");
assert.deepEqual(await page.evaluate(() => { const { temperature, top_p } = JSON.parse(localStorage.getItem("ignis-settings")); return { temperature, top_p }; }), { temperature: "0.5", top_p: "0.9" });
assert.deepEqual(other.mistakes, []);
await other.close();
await page.bringToFront();

// A message that is edited is said anew, and what followed it is gone.
await page.click("#new");
await page.say("Once");
await page.messages(2);
await page.idle();
await page.press("#talk article:first-child button[aria-label='Edit this message']");
assert.equal(await page.$eval("#text", (text) => text.value), "Once");
assert.equal(await page.count("#talk article"), 0);
await page.say(" more");
await page.messages(2);
await page.idle();
assert.equal(await page.text("#talk article:first-child .body"), "Once more");
assert.equal((await stored())[0].messages.length, 2);

// A page that is loaded again in the middle of an answer has what had come of it.
await page.set("max_tokens", "900");
await page.say("Twice");
await page.messages(4);
const begun = await page.last();
await page.reload({ waitUntil: "networkidle0" });
assert.equal(await page.count("#talk article"), 4);
assert.ok((await page.last()).startsWith(begun.trimEnd()), begun);
await page.set("max_tokens", "30");
await page.press("#talk article:nth-child(3) button[aria-label='Edit this message']");
await page.$eval("#text", (text) => (text.value = ""));

// Copies, with the browser's clipboard, and without it: a page that comes over HTTP
// from another machine has none.
await context.overridePermissions(process.env.SERVER, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
const answer = (await stored())[0].messages[1].content;
for (const takes of [false, true]) {
  if (takes) await page.evaluate(() => {
    window.clipboard = navigator.clipboard;
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  const index = takes ? 1 : 2;
  await page.press(`#talk article:nth-child(${index}) button[aria-label='Copy this message']`);
  await page.until(() => document.getElementById("status").textContent === "Copied.");
  assert.equal(await page.evaluate(() => (window.clipboard ?? navigator.clipboard).readText()), takes ? "Once more" : answer);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Copy");
  await page.evaluate(() => (document.getElementById("status").textContent = ""));
}

// Exports.
const folder = mkdtempSync(tmpdir() + "/ignis-page-");
try {
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, browserContextId: context.id, eventsEnabled: true });
  const loaded = new Promise((resolve) => session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve()));
  await page.evaluate(() => (document.getElementById("settings").open = true));
  await page.press("#export");
  await loaded;
  assert.equal(readFileSync(folder + "/conversation.md", "utf8"), `**user**\n\nOnce more\n\n**assistant**\n\n${answer}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

// A storage that is full is said to be, and what is said all the same stays here.
await page.evaluate(() => {
  for (let size = 1 << 20; size; size >>= 1)
    try {
      for (let i = 0; ; ++i) localStorage.setItem("filler" + size + "." + i, "x".repeat(size));
    } catch {}
});
await page.say("Too much");
await page.messages(4);
await page.idle();
assert.equal(await page.$eval("#full", (full) => full.hidden), false);
assert.equal(await page.$eval("#kept", (kept) => kept.hidden), true);
assert.equal((await stored())[0].messages.length, 2);
await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("filler")).forEach((key) => localStorage.removeItem(key)));
await page.say("Enough");
await page.messages(6);
await page.idle();
assert.equal(await page.$eval("#full", (full) => full.hidden), true);
assert.equal((await stored())[0].messages.length, 6);

assert.deepEqual(page.mistakes, []);
await browser.close();
