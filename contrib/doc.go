// Package contrib is the home of handlergen's companions that need more than
// the standard library. Each is a package below this one, in a module apart from
// the runtime, so that an application pays only for what it imports:
//
//   - compress: compressed answers, by gzip and zstd
//   - cors: leave for pages of other origins
//   - jwt: bearer tokens that are JSON Web Tokens, as middleware and extractor
//   - ratelimit: how many requests each client may make
//   - ws: WebSockets, as a parameter and a result of handlers
//
// Those that are middleware are ordinary ones, func(http.Handler) http.Handler,
// and each works alone: around any handler, as a layer of a runtime.Router, or
// named by a use directive:
//
//	var limited = ratelimit.New(ratelimit.Config{
//		Rate: ratelimit.Rate{Requests: 10, Per: time.Minute},
//	})
//
//	//handlergen:route POST /login
//	//handlergen:use limited
//	func Login(body runtime.JSON[Credentials]) (Token, error)
package contrib
