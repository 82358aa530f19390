/** Ends an answer of which nothing is wanted. */
async function discard(response: Response): Promise<undefined> {
  await response.body?.cancel();
}
