/** The answer to a request for something that the client has already. */
async function notModified(response: Response): Promise<Answer<undefined, 304>> {
  return { status: 304, headers: response.headers, body: await discard(response) };
}
