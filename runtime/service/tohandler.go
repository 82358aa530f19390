package service

import (
	"context"
	"errors"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// ToHandler makes an [http.Handler] of a service, which it calls by [Do] with
// the context of the request. The response is passed on as
// [runtime.WriteUpstream] does it, and its body is closed.
//
// An error is answered by [runtime.RenderError], and one of a connection to
// another server with 502 or 504; a client that has gone is not answered.
func ToHandler(s Service[*http.Request, *http.Response]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := Do(r.Context(), s, r) //nolint:bodyclose // CloseBody does
		if err == nil {
			defer runtime.CloseBody(res)
			err = runtime.WriteUpstream(w, r, 0, res)
		}
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled) && errors.Is(r.Context().Err(), context.Canceled):
			panic(http.ErrAbortHandler)
		default:
			runtime.RenderError(w, r, runtime.UpstreamError(err))
		}
	})
}
