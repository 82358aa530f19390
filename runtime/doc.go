// Package runtime is what handlers written for handlergen, and the code that
// handlergen generates for them, have in common.
//
// # What users write
//
// A handler is an ordinary function with a directive. Its parameters say what
// it wants from the request, its results say what it answers:
//
//	//handlergen:route GET /users/{id}
//	func GetUser(ctx context.Context, id int64) (User, error)
//
//	//handlergen:route POST /users
//	func CreateUser(body runtime.JSON[NewUser]) (runtime.Status, User, error)
//
// The types for that are these:
//
//   - values by name: [Path], [Query], [Header], [Cookie], [Form]
//   - bodies: [JSON], [JSONLines], [Text], [Bytes], [Form], [Multipart]
//   - other parts of a request: [State], [Extension], [MatchedPath],
//     [OriginalURL], [Host], [Preconditions], [Bearer], [BasicAuth]
//   - values that may be missing: [Optional], [Nullable], [Result]
//   - middleware functions: [Next], [Response]
//   - answers: [Status], [NoContent], [HTML], [Redirect], [Attachment],
//     [Event], [EventStream], [ETag]
//   - errors: [Errorf], [ErrAbsent], [Rejection], [Problem]
//   - the [Router] that the generated function Routes returns and that composes
//     with others, also with those that are no Router; [WithExtension] and
//     [RenderError] for middleware
//
// # Middleware
//
// Middleware is a func(http.Handler) http.Handler, or a function with a
// directive, whose parameters are read from the request as a handler's are and
// whose results are answered as a handler's are. It goes on by its [Next], and
// gets a [Response] that it may change:
//
//	//handlergen:middleware
//	func timed(user User, r *http.Request, next runtime.Next) (*runtime.Response, error) {
//		if user.Banned {
//			return nil, runtime.Errorf(http.StatusForbidden, "you are banned")
//		}
//		start := time.Now()
//		res := next.Run(r)
//		res.Header.Set("Server-Timing", fmt.Sprintf("total;dur=%d", time.Since(start).Milliseconds()))
//		return res, nil
//	}
//
// Both are put around the routes of a function, of a receiver's type or of the
// package by a directive that names them, outermost first, all or those with a
// label:
//
//	//handlergen:use logged timed label=private
//
// The simple cases have no form of their own. To map requests is to go on with
// another one, to map answers is to return another one:
//
//	return next.Run(runtime.WithExtension(r, tenant))
//
// And what only has to be there, such as somebody who is logged in, is a
// parameter without a name:
//
//	func loggedIn(_ User, r *http.Request, next runtime.Next) *runtime.Response { return next.Run(r) }
//
// An extractor function is called once for a request, although middleware and
// handler both need its result. A middleware function that reads the body has
// to give the request another one if there is a handler inside that reads it,
// too; handlergen says where.
//
// # What generated code calls
//
// Everything else: [Input] and the Read functions turn a request into
// arguments, [Pointer] and the Is functions validate a decoded body, the Write
// functions and [Parts] turn results into an answer. These names are exported
// because generated code lives in the users' packages. They are documented and
// stable, but a handler has no need of them, with the exception of [RenderError]
// in handwritten middleware.
//
// # Answers to wrong requests
//
// Unless the package of the handlers has an errors function, every error is
// answered as a problem document (RFC 9457), also when no route matches:
//
//	HTTP/1.1 400 Bad Request
//	Content-Type: application/problem+json
//
//	{"title":"Bad Request","status":400,"errors":[
//	  {"in":"query","name":"page","detail":"must be an integer"}]}
//
// # Around it
//
// The packages below this one need nothing but the standard library either, and
// only those who import them have them: runtime/serve runs a server that can be
// stopped, runtime/drain lets streams see its end, runtime/middleware has layers
// for it, runtime/service those of tower; runtime/cookies has jars that are
// signed or encrypted, runtime/files serves directories, runtime/sse is a client
// of event streams, runtime/client what generated clients share, and
// runtime/pattern reads patterns for those who adapt another router. What has a
// dependency is in the contrib module.
//
// # Performance
//
// Nothing here uses reflection on its way to a good answer, except for
// encoding/json. An [Input] stays on the stack of the function that made it,
// queries and cookies are scanned where they stand, and what is read from them
// are substrings. Bodies and JSON pass through pooled buffers of up to 2 MiB;
// what needed more is left to the garbage collector.
package runtime
