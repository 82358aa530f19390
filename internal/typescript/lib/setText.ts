function setText(request: ApiRequest, text: string | undefined): void {
  if (text !== undefined) {
    request.headers.set("Content-Type", "text/plain; charset=utf-8");
    request.body = text;
  }
}
