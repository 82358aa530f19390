function addHeader(request: ApiRequest, name: string, values: Scalars): void {
  for (const text of texts(values)) {
    if (text.trim() !== text || /[\r\n\0]/.test(text)) {
      throw new InvalidRequestError(`header value ${name}: ${JSON.stringify(text)} cannot be sent`);
    }
    if (typeof values === "object" && (text === "" || /[,"]/.test(text))) {
      throw new InvalidRequestError(`header value ${name}: ${JSON.stringify(text)} cannot be one of several`);
    }
    request.headers.append(name, byteText(text));
  }
}
