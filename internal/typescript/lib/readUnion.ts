/** Reads an answer whose status says what it holds. */
async function readUnion<Union extends Answer<unknown>>(
  request: ApiRequest,
  response: Response,
  statuses: readonly number[],
): Promise<Union> {
  if (!statuses.includes(response.status)) {
    throw await toError(request, response);
  }
  return toAnswer(response, await readJson(response)) as Union;
}
