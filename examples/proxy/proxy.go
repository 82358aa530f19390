// Package proxy passes on what another server answers, in the two ways there
// are: a handler that asks the other server itself and returns its response, and
// a [httputil.ReverseProxy] for everything below a path.
package proxy

//go:generate go tool handlergen

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// A Gateway stands before another server.
type Gateway struct {
	upstream *url.URL
	client   *http.Client
	reverse  *httputil.ReverseProxy
}

// New returns a gateway to the server at a URL. Patience is how long that may
// take to begin its answer.
func New(upstream *url.URL, patience time.Duration) *Gateway {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = patience
	return &Gateway{
		upstream: upstream,
		client:   &http.Client{Transport: transport, CheckRedirect: passOn},
		reverse: &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(upstream)
				r.SetXForwarded()
			},
			Transport:     transport,
			FlushInterval: -1, // events arrive when they are sent
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
				err = &url.Error{Op: r.Method, URL: r.URL.String(), Err: err} // as the client has them
				runtime.RenderError(w, r, runtime.UpstreamError(err))
			},
		},
	}
}

// passOn leaves redirects to whoever asked: the other server must not choose
// what the gateway asks for.
func passOn(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Weather asks for the weather of a city. What the other server answers is passed
// on while it comes, without the headers that are for one connection only; when
// it does not answer it is 502, or 504 if it took too long.
//
//handlergen:route GET /weather/{city}
func (g *Gateway) Weather(ctx context.Context, city string) (*http.Response, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, g.upstream.JoinPath("weather", city).String(), nil)
	if err != nil {
		return nil, err
	}
	return g.client.Do(ask)
}

// Everything passes on all other requests, whatever their method, header and
// body.
//
//handlergen:route ANY /
func (g *Gateway) Everything() http.Handler { return g.reverse }
