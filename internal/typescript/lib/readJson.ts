async function readJson<T>(response: Response): Promise<T> {
  if ([204, 205, 304].includes(response.status)) {
    return undefined as T;
  }
  const text = await readText(response);
  try {
    return parseJson(text) as T;
  } catch (error) {
    throw new Error(`decode the answer of ${response.url}: ${String(error)}`, { cause: error });
  }
}
