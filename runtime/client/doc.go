// Package client is what the clients share that "handlergen client --lang go"
// writes: requests, answers, errors and streams. Programs use its options and
// its [Error]; the rest is for generated code.
//
// # Requests
//
// A call ends with its context. [WithEditor] changes every request of a client,
// [Edit] those of one context. Values are written as the handler reads them: a
// value that could not arrive as it is, such as an empty path segment or a
// semicolon in a cookie, is an error and nothing is sent.
//
// # Answers
//
// An answer with a status from 400 is an [*Error], unless the handler says that
// it answers so. Answers that are kept in memory have at most [DefaultLimit]
// bytes, or as many as [WithLimit] says; so has each event and line of a stream.
// Streams and downloads have no limit. What comes as an io.ReadCloser or an
// *http.Response is for the caller to close.
//
// # Without a network
//
// [WithHandler] sends requests straight into a handler, by
// [github.com/handlergen/handlergen/runtime/service.FromHandler]: a test of a
// handler is one typed line then.
package client
