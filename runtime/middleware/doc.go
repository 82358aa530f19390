// Package middleware has the layers that most servers want around their
// handlers: what tower-http is to axum, for net/http.
//
// A layer is a func(http.Handler) http.Handler. It works around a
// [runtime.Router], as one of its layers, around a single handler, in a `use`
// directive (as a variable), and with any other router of net/http; none needs
// another. The first one of a list is outermost:
//
//	router.Layer(
//		middleware.Recover(),
//		middleware.RequestID(),
//		middleware.Trace(),
//		middleware.Timeout(5*time.Second),
//		middleware.BodyLimit(1<<20),
//	)
//
// # Layers
//
//	here                  tower-http, tower           what it does
//	Accept                ValidateRequestHeader       406 for clients that take something else
//	AddExtension          AddExtension                a value for runtime.Extension
//	BasicAuth             ValidateRequestHeader       who sent it, by user and password
//	BearerAuth            ValidateRequestHeader       who sent it, by token
//	BodyLimit             RequestBodyLimit            413 for long bodies
//	ConcurrencyLimit      ConcurrencyLimit, Buffer    waits for a slot, in a queue
//	CrossOrigin           csrf                        403 for what another site makes a browser send
//	Decompress            RequestDecompression        bodies of requests in gzip and deflate
//	InFlight              InFlightRequests            a gauge of requests
//	LoadShed              LoadShed                    503 for more than so many
//	NormalizePath         NormalizePath               /users/ is /users
//	PropagateHeader       PropagateHeader             fields of the request in the answer
//	Recover               CatchPanic                  500 for a panic
//	RequestBodyTimeout    RequestBodyTimeout          bodies that do not come
//	RequestID             Set- and PropagateRequestId an id for every request
//	ResponseBodyTimeout   ResponseBodyTimeout         answers that are not taken
//	SensitiveHeaders      SensitiveHeaders            what logs must not show
//	SetHeader             SetRequest-, -ResponseHeader fields of requests and answers
//	Timeout               Timeout                     503 for answers that do not begin
//	Trace                 Trace                       a log of requests
//
// Elsewhere: compression of answers (contrib/compress), CORS (contrib/cors), rate
// limits (contrib/ratelimit), JWTs (contrib/jwt), files (runtime/files), and all
// of tower that is not about HTTP (runtime/service). A status that is always the
// same, changed bodies, and requests that are mapped or refused by a function are
// a handlergen:middleware function each.
//
// # Order
//
// Each layer's documentation says where it has to be, if that matters. What is
// first in this list is best outside: NormalizePath, around the router;
// SensitiveHeaders and RequestID; Trace; Recover; LoadShed; Timeout;
// ConcurrencyLimit; CrossOrigin, Accept and who may; BodyLimit, Decompress and a
// second BodyLimit.
//
// # Configuration
//
// What a layer cannot guess are its arguments. Everything else is a struct, given
// last or left out, and its zero value is the default:
//
//	middleware.Timeout(5*time.Second)
//	middleware.Timeout(5*time.Second, middleware.TimeoutConfig{Status: 408})
//
// What is wrong with a configuration is a panic when the layer is made, never
// when it serves. State, such as the slots of a ConcurrencyLimit, belongs to the
// value that a function here returns, and all handlers that it is put around
// share it.
//
// # Errors
//
// Layers refuse requests with [runtime.RenderError]: with a problem document, or
// as the errors function of the router that they are inside of says. A refusal
// with a status below 500 is not logged, nor is one for want of capacity, which
// would be too many lines; panics and timeouts are. [Trace] sees them all.
//
// # What layers do to requests and answers
//
// Nothing is buffered. A writer that a layer puts around another one passes on
// flushes, hijacking, deadlines and files that the kernel sends. Requests are not
// changed but copied. When the handler returns, the pattern that a copy has
// matched is noted in the original, for the layers around, and the form that it
// has read, for the server, which removes its files.
package middleware
