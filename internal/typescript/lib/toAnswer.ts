function toAnswer<Body, Status extends number>(response: Response, body: Body): Answer<Body, Status> {
  return { status: response.status as Status, headers: response.headers, body };
}
