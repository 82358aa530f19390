// Package service is tower for Go: layers that work for every kind of request
// and response, on servers and in clients.
//
// A [Service] is a function from a request to a response, and it can say
// whether it has room for one more. A [Layer] makes a service around a
// service. So a timeout is written once, and serves HTTP handlers, HTTP clients
// and whatever else asks and answers:
//
//	hello := service.Func(func(ctx context.Context, name string) (string, error) {
//		return "Hello, " + name + "!", nil
//	})
//	hello = service.Timeout(hello, time.Second)
//	greeting, err := service.Do(ctx, hello, "World")
//
// The layers are functions from a service to one around it: [Timeout],
// [RateLimit], [ConcurrencyLimit], [LoadShed], [Buffer], [Retry], [Hedge],
// [Filter], [Detach], [Reconnect]; [MapRequest], [MapResponse], [MapErr],
// [AndThen] and [Then] for what is particular. [Steer] and [Balance] make one
// service of many. A [Builder] adds layers from the outside to the inside.
// [FromHandler], [ToHandler], [FromRoundTripper] and [ToRoundTripper] connect
// to net/http. Middleware that is about HTTP alone is in runtime/middleware. The
// walk-through among the examples begins with a layer from scratch and ends with
// a client.
//
// A number that makes no sense, such as a timeout of zero, panics when the
// layer is made, never when it is called.
//
// # Readiness
//
// Ready is how a service that is at its limit makes those before it wait, up to
// the one who would read the next request and now does not: back-pressure. The
// difficulty is the time between Ready and Call. A limit that says "ready" has
// promised a place to someone, and a Service in Go is shared: whose place is it,
// and who gives it back if the call never comes?
//
// It belongs to a reservation, which is in the context. [Do] makes one, calls
// Ready and Call in it, and ends it. Whatever a layer kept in Ready, Call takes
// out; whatever Call did not take, because Ready failed halfway, a layer refused
// the request, or somebody panicked, the end gives back. [Reserve] is for those
// who do something else in between; it ends with release, or with its context.
// So nothing is kept for longer than a context lasts, and no two calls use the
// same place: taking it out is atomic.
//
// Without a reservation nothing is kept, so that nothing can be lost. Then Ready
// is a question: it waits until there is room, but somebody else may be quicker.
// And Call never relies on Ready: what it does not find in the reservation it
// waits for. To call a service without asking first is correct; it means that
// one waits inside of the timeouts and not before them. All of this holds
// anywhere in a stack: layers pass the context on, and a limit deep inside finds
// its place in it.
//
//   - Ready twice keeps one place, for one call.
//   - Goroutines that share a reservation share one place: one gets it, the
//     others wait in Call. Each had better call Do.
//   - A service called by a service within Call has nothing to do with the
//     reservation of the outer call, although it gets its context.
//   - A layer that calls with a context that does not come from its own, such
//     as [context.Background], loses the place, and waits for another while it
//     is held. Use [context.WithoutCancel] to live longer.
//
// Ready looks at its context only when it would have to wait. With a context
// that has ended it says whether the service is ready now, and that is how
// [TryReady], [LoadShed] and [Balance] ask without waiting. A layer that keeps
// something between Ready and Call has a [Slot] for it.
//
// # Contexts and results
//
// Calls end early because their context ends; there is no other way to end work
// in Go. A service that does not heed its context is not cut off by [Timeout],
// unless [Detach] is between them.
//
// Of an [*http.Response] a call returns the head; the body comes later. Layers
// that end the context of a call do so when the body is closed, and layers that
// drop a response close it. Limits count until the head.
//
// # Errors
//
// [ErrTimeout], [ErrOverloaded] and [ErrNoEndpoints] are found by [errors.Is]
// and have a method Status, so that runtime.WriteError answers them with 504
// and 503. Ready fails when the service will not be ready any more, such as
// [Buffer] with "buffered service failed: …". Errors of the service itself pass
// through all layers as they are.
//
// # Compared with tower
//
// What has tower's name does as tower does, with these differences. A Service is
// shared by goroutines, so that nothing needs to be cloned: limits limit all
// callers together, and Buffer is a queue without a worker. Call waits where
// tower panics. Boxes, clones, Either and MakeService are interfaces and
// functions in Go. Requests are repeated by functions that copy them, and HTTP
// requests only if they are idempotent.
package service
