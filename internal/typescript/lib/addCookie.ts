/** Adds cookies by a header, which browsers ignore: there the cookies are those of the browser. */
function addCookie(request: ApiRequest, name: string, values: Scalars): void {
  for (const text of texts(values)) {
    if (!/^[\x20-\x7e]*$/.test(text) || /[";\\]/.test(text)) {
      throw new InvalidRequestError(`cookie ${name}: ${JSON.stringify(text)} cannot be sent`);
    }
    const pair = `${name}=${/[ ,]/.test(text) ? `"${text}"` : text}`;
    const before = request.headers.get("Cookie");
    request.headers.set("Cookie", before === null ? pair : `${before}; ${pair}`);
  }
}
