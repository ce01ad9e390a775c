// page.mjs NPM [FOLDER]: a headless Chromium talks to a model by the page, on a
// desktop and on a phone. With a folder, pictures are put there.

import assert from "node:assert/strict";
import { browser, openTab } from "./browser.mjs";

const folder = process.argv[3];
const shown = { desktop: { width: 1200, height: 800 }, phone: { width: 390, height: 844, isMobile: true, hasTouch: true } };

async function picture(page, name) {
  if (folder) await page.screenshot({ path: `${folder}/page-${name}.png` });
}

for (const [name, viewport] of Object.entries(shown)) {
  const context = await browser.createBrowserContext();
  const page = await openTab(context, viewport, name === "phone" ? "dark" : "light");
  const { mistakes, count, last, idle, set } = page;
  await page.waitForFunction(() => document.getElementById("model").options.length === 1);
  await set("max_tokens", "60");
  await set("seed", "3");

  // Types, and an answer streams in.
  await page.say("ROMEO: What light through yonder window breaks?");
  await page.messages(2);
  await idle();
  const first = await last();
  assert.match(await page.text("#status"), /^60 tokens, [\d.]+ tokens a second, [\d.]+ % of what this machine can, first after [\d.]+ s$/);
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
  assert.equal(await page.text("#status"), "Stopped.");

  // What was said is there again.
  await page.reload({ waitUntil: "networkidle0" });
  assert.equal(await count("#talk article"), 4);
  assert.equal(await page.text("#talk article:nth-child(2) .body"), first);

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
  await page.say("Are you there?");
  await page.waitForFunction(() => !document.getElementById("gone").hidden);
  await context.close();
}
await browser.close();
