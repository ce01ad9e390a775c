// browser.mjs: a headless Chromium at the page of ignis-server, for tests that are
// called with NPM, the folder of what tools/test.sh gets from npm.

import { createRequire } from "node:module";

const puppeteer = createRequire(process.argv[2] + "/")("puppeteer-core");

export const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

// A tab at the page: a puppeteer Page, with `mistakes`, what its console has of errors,
// and some of what people do.
export async function openTab(context, viewport = { width: 1200, height: 800 }, scheme = "light") {
  const page = await context.newPage();
  page.mistakes = [];
  page.on("console", (message) => message.type() === "error" && page.mistakes.push(message.text()));
  page.on("pageerror", (error) => page.mistakes.push(String(error)));
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  page.count = (selector) => page.$$eval(selector, (all) => all.length);
  page.text = (selector) => page.$eval(selector, (element) => element.textContent);
  page.texts = (selector) => page.$$eval(selector, (all) => all.map((element) => element.textContent));
  page.last = () => page.text("#talk article:last-child .body");
  // Asks now and then: a tab behind another one has no frames to ask in.
  page.until = (condition, ...given) => page.waitForFunction(condition, { polling: 50, timeout: 60000 }, ...given);
  page.idle = () => page.until(() => document.getElementById("stop").hidden && !document.getElementById("send").hidden);
  page.set = (id, value) => page.evaluate((id, value) => {
    const field = document.getElementById(id);
    field.value = value;
    field.dispatchEvent(new Event("change"));
  }, id, value);
  // Until there are so many messages, and the last one has begun.
  page.messages = (number) => page.until((number) => document.querySelectorAll("#talk article").length === number && document.querySelector("#talk article:last-child .body").textContent.length > 5, number);
  page.say = async (text) => {
    await page.type("#text", text);
    await page.keyboard.press("Enter");
  };
  // By the keyboard: what is in a closed fold or off the screen cannot be clicked.
  page.press = async (selector) => {
    await page.focus(selector);
    await page.keyboard.press("Enter");
  };
  await page.goto(process.env.SERVER, { waitUntil: "networkidle0" });
  return page;
}
