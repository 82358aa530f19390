package service

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// A Builder puts layers around a service. The first is the outermost: it sees
// requests first. So this queues before it limits; the other way round, those
// who wait in the queue would count:
//
//	s := service.NewBuilder[string, string]().
//		Buffer(100).
//		ConcurrencyLimit(10).
//		Service(inner)
//
// A Builder is a value: methods return a longer one and leave it as it is, and
// each service that it makes has limits and queues of its own. The methods
// are the functions of the same names, which also change the types of
// requests and responses.
type Builder[Req, Res any] struct {
	layers []Layer[Req, Res]
}

// NewBuilder returns a builder without layers.
func NewBuilder[Req, Res any]() Builder[Req, Res] { return Builder[Req, Res]{} }

// HTTP returns a builder without layers for services of HTTP requests: those
// that [FromHandler] and [FromRoundTripper] make.
func HTTP() Builder[*http.Request, *http.Response] {
	return Builder[*http.Request, *http.Response]{}
}

// Service returns s with the layers around it.
func (b Builder[Req, Res]) Service(s Service[Req, Res]) Service[Req, Res] { return b.Stack()(s) }

// Func returns f as a service with the layers around it.
func (b Builder[Req, Res]) Func(f func(ctx context.Context, req Req) (Res, error)) Service[Req, Res] {
	return b.Service(Func(f))
}

// Stack returns the layers as one.
func (b Builder[Req, Res]) Stack() Layer[Req, Res] { return Stack(b.layers...) }

// Layer adds layers within those that are there.
func (b Builder[Req, Res]) Layer(layers ...Layer[Req, Res]) Builder[Req, Res] {
	return Builder[Req, Res]{append(slices.Clip(b.layers), layers...)}
}

// Timeout adds a [Timeout].
func (b Builder[Req, Res]) Timeout(d time.Duration) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Timeout(s, d) })
}

// RateLimit adds a [RateLimit].
func (b Builder[Req, Res]) RateLimit(num int, per time.Duration) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return RateLimit(s, num, per) })
}

// ConcurrencyLimit adds a [ConcurrencyLimit].
func (b Builder[Req, Res]) ConcurrencyLimit(max int) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return ConcurrencyLimit(s, max) })
}

// SharedConcurrencyLimit adds a [SharedConcurrencyLimit].
func (b Builder[Req, Res]) SharedConcurrencyLimit(places *Semaphore) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return SharedConcurrencyLimit(s, places) })
}

// LoadShed adds a [LoadShed].
func (b Builder[Req, Res]) LoadShed() Builder[Req, Res] { return b.Layer(LoadShed[Req, Res]) }

// Buffer adds a [Buffer].
func (b Builder[Req, Res]) Buffer(bound int) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Buffer(s, bound) })
}

// Retry adds a [Retry].
func (b Builder[Req, Res]) Retry(policy Policy[Req, Res]) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Retry(s, policy) })
}

// Hedge adds a [Hedge].
func (b Builder[Req, Res]) Hedge(config HedgeConfig[Req]) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Hedge(s, config) })
}

// Detach adds a [Detach].
func (b Builder[Req, Res]) Detach() Builder[Req, Res] { return b.Layer(Detach[Req, Res]) }

// Filter adds a [Filter].
func (b Builder[Req, Res]) Filter(check func(ctx context.Context, req Req) (Req, error)) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Filter(s, check) })
}

// MapRequest adds a [MapRequest].
func (b Builder[Req, Res]) MapRequest(f func(Req) Req) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return MapRequest(s, f) })
}

// MapResponse adds a [MapResponse].
func (b Builder[Req, Res]) MapResponse(f func(Res) Res) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return MapResponse(s, f) })
}

// MapErr adds a [MapErr].
func (b Builder[Req, Res]) MapErr(f func(error) error) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return MapErr(s, f) })
}

// AndThen adds an [AndThen].
func (b Builder[Req, Res]) AndThen(f func(ctx context.Context, res Res) (Res, error)) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return AndThen(s, f) })
}

// Then adds a [Then].
func (b Builder[Req, Res]) Then(f func(ctx context.Context, res Res, err error) (Res, error)) Builder[Req, Res] {
	return b.Layer(func(s Service[Req, Res]) Service[Req, Res] { return Then(s, f) })
}
