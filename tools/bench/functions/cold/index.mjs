// The small function for Node's runtime.
export const handler = awslambda.streamifyResponse(async (_event, responseStream, _context) => {
  const stream = awslambda.HttpResponseStream.from(responseStream, { statusCode: 200 });
  stream.write(Buffer.alloc(1000, "x"));
  stream.end();
});
