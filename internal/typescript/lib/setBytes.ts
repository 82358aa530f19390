function setBytes(request: ApiRequest, content: BodyContent | undefined): void {
  if (content !== undefined) {
    request.headers.set("Content-Type", (content instanceof Blob && content.type) || "application/octet-stream");
    request.body = content as NonNullable<RequestInit["body"]>;
  }
}
