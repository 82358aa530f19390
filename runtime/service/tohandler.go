package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// ToHandler makes an [http.Handler] of a service, which it calls by [Do] with
// the context of the request. The response is passed on as a proxy does it:
// without the fields that are for one connection only (RFC 9110 §7.6.1), with
// its trailer, and piece by piece if its length is not known. Its body is
// closed.
//
// An error is answered by [runtime.RenderError]; one that says that the client
// has gone, not at all. A body that cannot be read to its end aborts the
// connection, so that the client does not take a part for the whole. A response
// that switches protocols cannot be passed on.
func ToHandler(s Service[*http.Request, *http.Response]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := Do(r.Context(), s, r) //nolint:bodyclose // passOn closes it
		switch {
		case err == nil && res == nil:
			err = errNoResponse
		case err == nil && res.StatusCode == http.StatusSwitchingProtocols:
			runtime.CloseBody(res)
			err = errSwitch
		}
		switch {
		case err == nil:
			passOn(w, r, res)
		case errors.Is(r.Context().Err(), context.Canceled) && errors.Is(err, context.Canceled):
			panic(http.ErrAbortHandler)
		default:
			runtime.RenderError(w, r, err)
		}
	})
}

var errSwitch = errors.New("service: a response that switches protocols cannot be passed on")

// passOn answers r with res, and closes its body.
func passOn(w http.ResponseWriter, r *http.Request, res *http.Response) {
	defer runtime.CloseBody(res)
	header := w.Header()
	for name, values := range res.Header {
		header[name] = append(header[name], values...)
	}
	dropHops(header)
	announced := maps.Clone(res.Trailer)
	for name := range announced {
		header.Add("Trailer", name)
	}
	if r.Body != nil && r.Body != http.NoBody {
		_ = http.NewResponseController(w).EnableFullDuplex() // the service may still be reading
	}
	w.WriteHeader(res.StatusCode)
	if r.Method == http.MethodHead || res.Body == nil {
		return
	}
	if err := copyBody(w, res); err != nil {
		abort(w, r, err)
	}
	for name, values := range res.Trailer {
		if _, ok := announced[name]; !ok {
			name = http.TrailerPrefix + name
		}
		header[name] = values
	}
}

// abort cuts a response off. What there is of it is sent.
func abort(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // or the client has gone
		runtime.LogError(r, fmt.Errorf("in the middle of the response: %w", err))
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}

// dropHops removes the fields that are for one connection.
func dropHops(header http.Header) {
	for _, value := range header["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			header.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hops {
		delete(header, name)
	}
}

var hops = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// copyBody sends a body. What is read of one without a length is sent at once.
func copyBody(w http.ResponseWriter, res *http.Response) error {
	if res.ContentLength >= 0 {
		_, err := io.Copy(w, res.Body)
		return err
	}
	below := http.NewResponseController(w)
	_, err := io.Copy(flushing{w, below}, res.Body)
	return err
}

type flushing struct {
	io.Writer
	below *http.ResponseController
}

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil {
		if err = f.below.Flush(); errors.Is(err, http.ErrNotSupported) {
			err = nil
		}
	}
	return n, err
}
