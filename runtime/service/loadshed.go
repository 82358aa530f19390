package service

import "context"

// LoadShed is always ready, and does not wait either: if the service inside is
// not ready at the time of a call, the call fails with [ErrOverloaded]; if its
// Ready fails, with that error. Without something inside that can be unready,
// such as [ConcurrencyLimit] or [RateLimit], it does nothing; around [Buffer] it
// lets so many wait and refuses the rest.
func LoadShed[Req, Res any](inner Service[Req, Res]) Service[Req, Res] {
	return &loadShed[Req, Res]{inner: inner}
}

type loadShed[Req, Res any] struct {
	inner Service[Req, Res]
}

func (l *loadShed[Req, Res]) Ready(context.Context) error { return nil }

func (l *loadShed[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	var none Res
	r, err := try(ctx, l.inner)
	switch {
	case err != nil:
		return none, err
	case r == nil && ctx.Err() != nil:
		return none, context.Cause(ctx)
	case r == nil:
		return none, ErrOverloaded
	}
	defer r.end()
	r.seal()
	return l.inner.Call(r, req)
}
