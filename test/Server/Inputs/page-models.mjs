// page-models.mjs NPM KEY: a server with a key and the models bard and thinker.

import assert from "node:assert/strict";
import { browser, openTab } from "./browser.mjs";

const key = process.argv[3];
const page = await openTab(await browser.createBrowserContext());

// Without its key it says where to give it, and then goes on.
assert.match(await page.text("#status"), /expected a key as a bearer token: see Settings$/);
await page.say("Hello");
await page.until(() => /expected a key/.test(document.getElementById("status").textContent));
assert.equal(await page.count("#talk article"), 1);
assert.ok(page.mistakes.every((mistake) => /401/.test(mistake)), page.mistakes.join());
page.mistakes.length = 0;
await page.click("#settings summary");
await page.type("#key", key);
await page.keyboard.press("Tab");
await page.until(() => document.getElementById("model").options.length === 2);
assert.equal(await page.text("#status"), "");

// Another model answers, and stays chosen. What it has thought is folded away as soon
// as it says something, and opened by hand.
await page.set("temperature", "0");
await page.select("#model", "thinker");
const asked = page.waitForRequest((request) => request.method() === "POST");
await page.say("Is it?");
assert.equal(JSON.parse((await asked).postData()).model, "thinker");
await page.messages(3);
await page.idle();
await page.until(() => document.querySelector("#talk article:last-child .body").textContent.trim() === "It is.");
assert.equal(await page.text("#talk article:last-child .thinking"), "\nLet me see.\n");
assert.equal(await page.$eval("#talk details", (fold) => fold.open), false);
await page.press("#talk details summary");
assert.equal(await page.$eval("#talk details", (fold) => fold.open), true);
await page.reload({ waitUntil: "networkidle0" });
assert.equal(await page.$eval("#model", (model) => model.value), "thinker");
assert.equal(await page.text("#talk article:last-child .thinking"), "\nLet me see.\n");

await page.select("#model", "bard");
const asksBard = page.waitForRequest((request) => request.method() === "POST");
await page.press("#talk article:last-child button[aria-label='Answer again']");
assert.equal(JSON.parse((await asksBard).postData()).model, "bard");
await page.waitForSelector("#talk article:last-child");
await page.click("#stop").catch(() => {});
await page.idle();

assert.deepEqual(page.mistakes, []);
await browser.close();
