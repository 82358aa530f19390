/**
 * Makes values the body, a line of JSON each. Those of a list are sent at once, others as they
 * come, which not all browsers can.
 */
function setLines<T>(request: ApiRequest, values: Iterable<T> | AsyncIterable<T> | undefined): void {
  if (values === undefined) {
    return;
  }
  request.headers.set("Content-Type", "application/x-ndjson");
  if (Symbol.iterator in values) {
    request.body = Array.from(values, (value) => `${writeJson(value)}\n`).join("");
    return;
  }
  const iterator = values[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  request.body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) {
        controller.close();
      } else {
        controller.enqueue(encoder.encode(`${writeJson(next.value)}\n`));
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
