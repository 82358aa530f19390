function setJson(request: ApiRequest, value: unknown): void {
  if (value !== undefined) {
    request.headers.set("Content-Type", "application/json");
    request.body = writeJson(value);
  }
}
