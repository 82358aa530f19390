package service

import (
	"context"
	"errors"
	"net/http"
)

// FromRoundTripper makes a service of an [http.RoundTripper], such as an
// [*http.Transport]; of nil it makes one of [http.DefaultTransport]. It is
// always ready. The context of a call becomes that of its request, and lasts as
// long as the body of the response is read.
func FromRoundTripper(rt http.RoundTripper) Service[*http.Request, *http.Response] {
	return &transport{rt}
}

type transport struct {
	roundTripper http.RoundTripper // nil: the default
}

func (t *transport) Ready(context.Context) error { return nil }

func (t *transport) Call(ctx context.Context, r *http.Request) (*http.Response, error) {
	if r.Context() != ctx {
		r = r.WithContext(ctx)
	}
	if t.roundTripper == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.roundTripper.RoundTrip(r)
}

// ToRoundTripper makes an [http.RoundTripper] of a service, for the Transport of
// an [http.Client]. It calls s by [Do], with the context of the request. A
// service that answers without a RoundTripper closes the body of the request,
// as a RoundTripper would.
func ToRoundTripper(s Service[*http.Request, *http.Response]) http.RoundTripper {
	return &roundTripper{s}
}

type roundTripper struct {
	service Service[*http.Request, *http.Response]
}

// RoundTrip keeps what the interface demands also when a layer has failed: the
// body of the request is closed, and there is a response or an error.
func (rt *roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := Do(r.Context(), rt.service, r)
	if err == nil && res == nil {
		err = errNoResponse
	}
	if err != nil {
		closeRequest(r)
		return nil, err
	}
	if res.Body == nil {
		res.Body = http.NoBody
	}
	return res, nil
}

// errNoResponse is the error of an HTTP service that returned neither a
// response nor an error.
var errNoResponse = errors.New("service: neither a response nor an error")
