// @ai-sdk/openai-compatible: a streamed text, when each piece came.
//     node ai_sdk_chat.mjs BASE_URL KEY MESSAGE
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Beside the program there are no packages: they are in .clients, the working directory.
const require = createRequire(`${process.cwd()}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
const { streamText } = await load("ai");

const [baseURL, apiKey, message] = process.argv.slice(2);
const say = (fields) => console.log(JSON.stringify({ at: performance.now() / 1000, ...fields }));
const provider = createOpenAICompatible({ name: "lambda", baseURL, apiKey, includeUsage: true });
const result = streamText({
  model: provider("any"),
  prompt: message,
  maxRetries: 0,
  onError: ({ error }) => say({ failed: String(error.message ?? error) }),
});
for await (const text of result.textStream) say({ content: text });
try {
  say({ finish: await result.finishReason, usage: (await result.usage).totalTokens });
} catch {
  say({ finish: null });
}
