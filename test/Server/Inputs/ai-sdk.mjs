// ai-sdk.mjs NPM: Vercel's AI SDK with its provider for what speaks like OpenAI.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.argv[2] + "/");
const { generateText, streamText, tool, jsonSchema } = require("ai");
const { createOpenAICompatible } = require("@ai-sdk/openai-compatible");
const model = createOpenAICompatible({ name: "ignis", baseURL: process.env.SERVER + "/v1", includeUsage: true })("bard");
const base = { model, prompt: "ROMEO:", temperature: 0, maxOutputTokens: 12, maxRetries: 0 };

const whole = await generateText(base);
assert.equal(whole.finishReason, "length");
assert.equal(whole.usage.outputTokens, 12);
let text = "";
for await (const piece of streamText(base).textStream) text += piece;
assert.equal(text, whole.text);

const inputSchema = jsonSchema({ type: "object", properties: { city: { enum: ["Verona", "Mantua"] } }, required: ["city"] });
const called = await generateText({ ...base, maxOutputTokens: 300, tools: { go: tool({ description: "goes", inputSchema }) }, toolChoice: "required" });
assert.equal(called.toolCalls[0].toolName, "go");
assert.match(called.toolCalls[0].input.city, /Verona|Mantua/);

await assert.rejects(generateText({ ...base, topP: 2 }), (error) => error.statusCode === 400 && /top_p/.test(error.message));
const controller = new AbortController();
const aborted = streamText({ ...base, maxOutputTokens: 400, abortSignal: controller.signal, onError() {} });
for await (const _ of aborted.textStream) controller.abort();
