// ES modules find packages by NODE_PATH as CommonJS modules do: Lambda's Node runtimes let them, Node itself does
// not. https://nodejs.org/api/module.html#customization-hooks. Imported into the function's process, and then
// once more into the thread of its hooks.
import Module, { register } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const HERE = "ERR_MODULE_NOT_FOUND";
// The AWS SDK that is part of a runtime: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
// Version 3 since nodejs18.x, version 2 before.
const HAS_V2 = /^AWS_Lambda_nodejs1[0246]\./.test(process.env.AWS_EXECUTION_ENV);
const SDK = HAS_V2 ? /^aws-sdk(?=$|\/)/ : /^@(aws-sdk|smithy)\/[^/]+/;

// Says in the first line of an error, before a "Require stack", how a package of the SDK is had here.
function explain(error, specifier) {
  const name = SDK.exec(specifier)?.[0];
  const how = `: \`./scripts/node-runtime ${name}\` installs it here, Lambda's runtime has it`;
  if (name) error.message = error.message.replace(/$|\n/, (end) => how + end);
  return error;
}

if (isMainThread) {
  register(import.meta.url, { data: process.env.NODE_PATH ?? "" });
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, ...more) {
    try {
      return resolveFilename.call(this, request, ...more);
    } catch (error) {
      throw error.code === "MODULE_NOT_FOUND" ? explain(error, request) : error;
    }
  };
}

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
    throw explain(error, specifier);
  }
}
