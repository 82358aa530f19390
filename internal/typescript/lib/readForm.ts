async function readForm(response: Response): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(response));
}
