package service

import (
	"context"
	"slices"
)

// A Service answers requests: it is a function that can also say whether it
// has room for one more. The package documentation says how the two methods
// belong together. Unless its documentation says otherwise, a service is for
// many goroutines at a time.
type Service[Req, Res any] interface {
	// Ready waits until the service can take a request, or returns why it
	// never will. In a reservation ([Do], [Reserve]) it keeps what the next Call
	// needs; elsewhere it keeps nothing. It looks at ctx only when it would have
	// to wait, so that with a context that has ended it says whether the service
	// is ready now.
	Ready(ctx context.Context) error

	// Call answers req. It takes what Ready has kept for it in the reservation
	// of ctx, and waits for what is not there.
	Call(ctx context.Context, req Req) (Res, error)
}

// A Layer makes a service around a service. Layers that add nothing to Ready
// embed the service they are around:
//
//	type logged[Req, Res any] struct{ service.Service[Req, Res] }
//
//	func (s logged[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
//		slog.InfoContext(ctx, "call", "request", req)
//		return s.Service.Call(ctx, req)
//	}
type Layer[Req, Res any] func(inner Service[Req, Res]) Service[Req, Res]

// Stack makes one layer of several. The first is the outermost: it sees
// requests first, and results last. A stack of none changes nothing.
func Stack[Req, Res any](layers ...Layer[Req, Res]) Layer[Req, Res] {
	return func(s Service[Req, Res]) Service[Req, Res] {
		for _, layer := range slices.Backward(layers) {
			s = layer(s)
		}
		return s
	}
}

// Func makes a service of a function, which is always ready.
func Func[Req, Res any](f func(ctx context.Context, req Req) (Res, error)) Service[Req, Res] {
	return function[Req, Res](f)
}

type function[Req, Res any] func(context.Context, Req) (Res, error)

func (f function[Req, Res]) Ready(context.Context) error { return nil }

func (f function[Req, Res]) Call(ctx context.Context, req Req) (Res, error) { return f(ctx, req) }
