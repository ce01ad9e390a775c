// page.mjs NPM [FOLDER]: a headless Chromium talks to a model by the page, on a
// desktop and on a phone. With a folder, pictures are put there.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.argv[2] + "/");
const puppeteer = require("puppeteer-core");
const folder = process.argv[3];
const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const shown = { desktop: { width: 1200, height: 800 }, phone: { width: 390, height: 844, isMobile: true, hasTouch: true } };

async function picture(page, name) {
  if (folder) await page.screenshot({ path: `${folder}/page-${name}.png` });
}

for (const [name, viewport] of Object.entries(shown)) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const mistakes = [];
  page.on("console", (message) => message.type() === "error" && mistakes.push(message.text()));
  page.on("pageerror", (error) => mistakes.push(String(error)));
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: name === "phone" ? "dark" : "light" }]);
  await page.goto(process.env.SERVER, { waitUntil: "networkidle0" });

  const count = (selector) => page.$$eval(selector, (all) => all.length);
  const last = () => page.$eval("#talk article:last-child .body", (body) => body.textContent);
  const idle = () => page.waitForFunction(() => document.getElementById("stop").hidden && !document.getElementById("send").hidden, { timeout: 60000 });
  const set = (id, value) => page.evaluate((id, value) => {
    const field = document.getElementById(id);
    field.value = value;
    field.dispatchEvent(new Event("change"));
  }, id, value);
  await page.waitForFunction(() => document.getElementById("model").options.length === 1);
  await set("max_tokens", "60");
  await set("seed", "3");

  // Types, and an answer streams in.
  await page.type("#text", "ROMEO: What light through yonder window breaks?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("#talk article").length === 2 && document.querySelector("#talk article:last-child .body").textContent.length > 5, { timeout: 60000 });
  await idle();
  const first = await last();
  assert.match(await page.$eval("#status", (status) => status.textContent), /^60 tokens, [\d.]+ tokens a second, [\d.]+ % of what this machine can, first after [\d.]+ s$/);
  await picture(page, name);

  // Once more gives the same, by its seed.
  await page.click("#talk article:last-child .tools button[aria-label='Answer again']");
  await page.waitForFunction(() => !document.getElementById("stop").hidden);
  await idle();
  assert.equal(await last(), first);
  assert.equal(await count("#talk article"), 2);

  // A long one is stopped.
  await set("max_tokens", "900");
  await page.type("#text", "And then?");
  await page.click("#send");
  await page.waitForFunction(() => document.querySelectorAll("#talk article").length === 4);
  await page.click("#stop");
  await idle();
  assert.equal(await page.$eval("#status", (status) => status.textContent), "Stopped.");

  // What was said is there again.
  await page.reload({ waitUntil: "networkidle0" });
  assert.equal(await count("#talk article"), 4);
  assert.equal(await page.$eval("#talk article:nth-child(2) .body", (body) => body.textContent), first);

  // Text of a model runs nothing: the browser reports that it was kept from it.
  assert.deepEqual(mistakes, []);
  await page.evaluate(() => {
    const chats = JSON.parse(localStorage.getItem("ignis-chats"));
    chats[0].messages = [{ role: "user", content: "code" }, { role: "assistant", content: "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```c\nint x;\n```\n[a](javascript:window.hacked=1)" }];
    localStorage.setItem("ignis-chats", JSON.stringify(chats));
  });
  await page.reload({ waitUntil: "networkidle0" });
  assert.equal(await count("#talk td"), 2);
  assert.equal(await count("#talk pre button"), 1);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.ok(mistakes.every((mistake) => /Content Security Policy/.test(mistake)), mistakes.join());
  mistakes.length = 0;

  // Nothing is wider than the screen, and every control has a name.
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  if (name === "phone") {
    await page.click("#show");
    await page.waitForSelector("#side.shown");
    await page.click("#hide");
  }
  await page.evaluate(() => (document.getElementById("settings").open = true));
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  const nameless = [];
  (function visit(node) {
    if (["button", "textbox", "combobox", "spinbutton", "link"].includes(node.role) && !node.name?.trim()) nameless.push(node);
    for (const child of node.children ?? []) visit(child);
  })(tree);
  assert.deepEqual(nameless, []);
  assert.deepEqual(mistakes, []);

  // A server that is gone is said to be.
  await page.setOfflineMode(true);
  await page.type("#text", "Are you there?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.getElementById("gone").hidden);
  await context.close();
}
await browser.close();
