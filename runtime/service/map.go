package service

import "context"

// MapRequest calls the service with what f makes of each request.
func MapRequest[In, Req, Res any](inner Service[Req, Res], f func(In) Req) Service[In, Res] {
	return Filter(inner, func(_ context.Context, req In) (Req, error) { return f(req), nil })
}

// MapResponse returns what f makes of each response.
func MapResponse[Req, Res, Out any](inner Service[Req, Res], f func(Res) Out) Service[Req, Out] {
	return AndThen(inner, func(_ context.Context, res Res) (Out, error) { return f(res), nil })
}

// AndThen goes on with f when the service has returned a response. Its errors
// remain.
func AndThen[Req, Res, Out any](
	inner Service[Req, Res], f func(ctx context.Context, res Res) (Out, error),
) Service[Req, Out] {
	return Then(inner, func(ctx context.Context, res Res, err error) (Out, error) {
		if err != nil {
			var none Out
			return none, err
		}
		return f(ctx, res)
	})
}

// Then goes on with f after each call, whatever came of it.
func Then[Req, Res, Out any](
	inner Service[Req, Res], f func(ctx context.Context, res Res, err error) (Out, error),
) Service[Req, Out] {
	return &then[Req, Res, Out]{inner, f}
}

type then[Req, Res, Out any] struct {
	inner Service[Req, Res]
	f     func(context.Context, Res, error) (Out, error)
}

func (t *then[Req, Res, Out]) Ready(ctx context.Context) error { return t.inner.Ready(ctx) }

func (t *then[Req, Res, Out]) Call(ctx context.Context, req Req) (Out, error) {
	res, err := t.inner.Call(ctx, req)
	return t.f(ctx, res, err)
}

// MapErr returns what f makes of each error, those of Ready included; but not of
// the end of the context that Ready was called with. Nil means that nothing is
// wrong after all.
func MapErr[Req, Res any](inner Service[Req, Res], f func(error) error) Service[Req, Res] {
	return &mapErr[Req, Res]{inner, f}
}

type mapErr[Req, Res any] struct {
	inner Service[Req, Res]
	f     func(error) error
}

func (m *mapErr[Req, Res]) Ready(ctx context.Context) error {
	err := m.inner.Ready(ctx)
	if err == nil || ended(ctx, err) {
		return err
	}
	return m.f(err)
}

func (m *mapErr[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	res, err := m.inner.Call(ctx, req)
	if err != nil {
		err = m.f(err)
	}
	return res, err
}
