// openai.mjs NPM: the official client of OpenAI's interface.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.argv[2] + "/");
const OpenAI = require("openai").default ?? require("openai");
const client = new OpenAI({ baseURL: process.env.SERVER + "/v1", apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "ROMEO:" }];
const greedy = { model: "bard", temperature: 0, max_tokens: 12 };

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.deepEqual(models, ["bard"]);

// Chats, whole and in pieces.
const chat = await client.chat.completions.create({ messages, ...greedy });
const content = chat.choices[0].message.content;
assert.equal(chat.choices[0].finish_reason, "length");
assert.equal(chat.usage.completion_tokens, 12);
let streamed = "", usage = null;
for await (const chunk of await client.chat.completions.create({ messages, ...greedy, stream: true, stream_options: { include_usage: true } })) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.equal(streamed, content);
assert.deepEqual(usage, chat.usage);
const completion = await client.completions.create({ prompt: "To be", ...greedy });
assert.equal(completion.choices[0].text.length > 0, true);
const response = await client.responses.create({ model: "bard", input: "ROMEO:", temperature: 0, max_output_tokens: 12 });
assert.equal(response.output_text, content);
const responses = client.responses.stream({ model: "bard", input: "ROMEO:", temperature: 0, max_output_tokens: 12 });
let said = "";
responses.on("response.output_text.delta", (event) => (said += event.delta));
const last = await responses.finalResponse();
assert.equal(said, content);
assert.equal(last.output_text, content);
assert.deepEqual(last.usage, response.usage);
await assert.rejects(client.responses.create({ model: "bard", input: [], stream: true }), (error) => error.status === 400 && error.param === "input");

// Probabilities.
const likely = await client.chat.completions.create({ messages, ...greedy, logprobs: true, top_logprobs: 3 });
assert.equal(likely.choices[0].logprobs.content.length, 12);
assert.equal(likely.choices[0].logprobs.content.map((entry) => entry.token).join(""), content);
assert.equal(likely.choices[0].logprobs.content[0].top_logprobs[0].token, likely.choices[0].logprobs.content[0].token);

// A schema, and a tool; the stream's helper puts calls together.
const schema = { type: "object", properties: { city: { enum: ["Verona", "Mantua"] } }, required: ["city"], additionalProperties: false };
const shaped = await client.chat.completions.create({ messages, ...greedy, max_tokens: 300, response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } });
assert.match(JSON.parse(shaped.choices[0].message.content).city, /Verona|Mantua/);
const tools = [{ type: "function", function: { name: "go", parameters: schema } }];
const called = await client.chat.completions.create({ messages, ...greedy, max_tokens: 300, tools, tool_choice: "required" });
assert.equal(called.choices[0].finish_reason, "tool_calls");
const runner = client.chat.completions.stream({ messages, ...greedy, max_tokens: 300, tools, tool_choice: "required" });
const final = (await runner.finalChatCompletion()).choices[0].message;
assert.deepEqual(final.tool_calls[0].function.arguments, called.choices[0].message.tool_calls[0].function.arguments);
messages.push(called.choices[0].message, { role: "tool", tool_call_id: final.tool_calls[0].id, content: "done" });
await client.chat.completions.create({ messages, ...greedy, tools });

// Errors have their class, the field and the reason.
await assert.rejects(client.chat.completions.create({ messages: [], ...greedy }), (error) => error instanceof OpenAI.BadRequestError && error.param === "messages");
await assert.rejects(client.chat.completions.create({ messages, ...greedy, top_p: 2 }), (error) => error.status === 400 && error.param === "top_p");
await assert.rejects(client.embeddings.create({ model: "bard", input: "" }), (error) => error.status === 400 && error.param === "input");

// Vectors, which the client asks for in base64 and gives as numbers.
const vectors = await client.embeddings.create({ model: "bard", input: ["To be", "What light"] });
const plain = await client.embeddings.create({ model: "bard", input: "What light", encoding_format: "float" });
assert.deepEqual(Array.from(vectors.data[1].embedding), plain.data[0].embedding);
assert.equal(plain.data[0].embedding.length, 192);

// Who leaves is let go.
const controller = new AbortController();
const long = await client.chat.completions.create({ messages: messages.slice(0, 1), model: "bard", max_tokens: 400, ignore_eos: true, stream: true }, { signal: controller.signal });
let pieces = 0;
for await (const _ of long) if (++pieces === 3) controller.abort();
for (let i = 0; i !== 100; ++i) {
  const text = await (await fetch(process.env.SERVER + "/metrics")).text();
  if (/requests_active\{[^}]*\} 0\n/.test(text) && /ending="cancelled"\} 1\n/.test(text)) process.exit(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
throw new Error("expected the text to be dropped");
