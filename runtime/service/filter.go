package service

import "context"

// Filter shows each request to check before the service sees it. Check returns
// the request to call the service with, which may be another or of another
// type, or the error of the call.
func Filter[In, Req, Res any](
	inner Service[Req, Res], check func(ctx context.Context, req In) (Req, error),
) Service[In, Res] {
	return &filter[In, Req, Res]{inner, check}
}

type filter[In, Req, Res any] struct {
	inner Service[Req, Res]
	check func(context.Context, In) (Req, error)
}

func (f *filter[In, Req, Res]) Ready(ctx context.Context) error { return f.inner.Ready(ctx) }

func (f *filter[In, Req, Res]) Call(ctx context.Context, req In) (Res, error) {
	checked, err := f.check(ctx, req)
	if err != nil {
		var none Res
		return none, err
	}
	return f.inner.Call(ctx, checked)
}
