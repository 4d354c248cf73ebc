// ES modules find packages by NODE_PATH as CommonJS modules do: Lambda's Node runtimes let them, Node itself does
// not. https://nodejs.org/api/module.html#customization-hooks. Imported into the function's process, and then
// once more into the thread of its hooks.
import { register } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const HERE = "ERR_MODULE_NOT_FOUND";

if (isMainThread) register(import.meta.url, { data: process.env.NODE_PATH ?? "" });

let parents = [];

export async function initialize(nodePath) {
  // A package is looked for in the node_modules beside its importer: one beside each directory will do.
  parents = nodePath.split(delimiter).filter(Boolean).map((place) => pathToFileURL(join(dirname(place), "_.mjs")).href);
}

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== HERE || /^([./]|[a-z]+:)/.test(specifier)) throw error;
    for (const parentURL of parents) {
      try {
        return await next(specifier, { ...context, parentURL });
      } catch (other) {
        if (other.code !== HERE) throw other;
      }
    }
    if (specifier.startsWith("@aws-sdk/")) {
      error.message += `: \`./scripts/node-runtime ${specifier}\` installs it here, Lambda's runtime has it`;
    }
    throw error;
  }
}
