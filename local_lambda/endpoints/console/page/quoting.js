// A request as a command, or as a program, that sends it without the console.

const LAMBDA_API = "/2021-11-15/functions/";

// For a POSIX shell.
export const shellQuoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

// JSON's strings are Python's, but for these two of its letters that a line may not hold.
export const pythonQuoted = (text) => JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

// `target` is what the page knows of the function, `request` what would be sent; `api` is the Lambda API's address.
export function asCurl(request, target, { api, region }) {
  if (request.event) {
    const url = `${api}${LAMBDA_API}${encodeURIComponent(target.function)}/response-streaming-invocations`;
    return ["curl -N --output -", shellQuoted(url), `-d ${shellQuoted(request.body)}`].join(" \\\n  ");
  }
  const parts = [`curl -N -i${request.method === "HEAD" ? " -I" : ""}${/[[\]]/.test(request.path) ? " -g" : ""}`, shellQuoted(urlOf(request, target))];
  if (!["GET", "HEAD"].includes(request.method)) parts.push(`-X ${request.method}`);
  for (const [name, value] of request.headers) parts.push(`-H ${shellQuoted(value ? `${name}: ${value}` : `${name};`)}`);
  if (request.body) parts.push(`--data-raw ${shellQuoted(request.body)}`);
  if (request.sign) parts.push(`--aws-sigv4 aws:amz:${region}:lambda`, '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"');
  return parts.join(" \\\n  ");
}

export function asPython(request, target, { api, region }) {
  if (request.event) return invocation(request, target, api, region);
  return request.sign ? signedRequest(request, target, region) : plainRequest(request, target);
}

const urlOf = ({ path }, { url }) => new URL(url).origin + path;

function invocation({ body }, target, api, region) {
  return `import boto3

client = boto3.client("lambda", endpoint_url=${pythonQuoted(api)}, region_name=${pythonQuoted(region)})
response = client.invoke_with_response_stream(
    FunctionName=${pythonQuoted(target.function)},
    Payload=${pythonQuoted(body)}.encode(),
)
for event in response["EventStream"]:
    if "PayloadChunk" in event:
        print(event["PayloadChunk"]["Payload"])
    else:
        print(event["InvokeComplete"])
`;
}

function plainRequest(request, target) {
  return `import urllib.error
import urllib.request

request = urllib.request.Request(
    ${pythonQuoted(urlOf(request, target))},
    method=${pythonQuoted(request.method)},
    headers=${dictionary(request.headers)},
    data=${data(request)},
)
try:
    response = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    response = error
print(response.status, response.headers)
while piece := response.read1():
    print(piece)
`;
}

function signedRequest(request, target, region) {
  return `import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

request = AWSRequest(
    ${pythonQuoted(request.method)},
    ${pythonQuoted(urlOf(request, target))},
    headers=${dictionary(request.headers)},
    data=${request.body ? data(request) : 'b""'},
)
SigV4Auth(boto3.Session().get_credentials(), "lambda", ${pythonQuoted(region)}).add_auth(request)
with requests.request(request.method, request.url, headers=dict(request.headers), data=request.data, stream=True) as response:
    print(response.status_code, response.headers)
    for piece in response.iter_content(None):
        print(piece)
`;
}

const dictionary = (headers) => `{${headers.map(([name, value]) => `${pythonQuoted(name)}: ${pythonQuoted(value)}`).join(", ")}}`;

const data = ({ body }) => (body ? `${pythonQuoted(body)}.encode()` : "None");
