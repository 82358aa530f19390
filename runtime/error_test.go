package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

type teapot struct{ err error }

func (e *teapot) Status() int   { return http.StatusTeapot }
func (e *teapot) Error() string { return "short and stout: " + e.err.Error() }
func (e *teapot) Unwrap() error { return e.err }

type oddStatus int

func (e oddStatus) Status() int   { return int(e) }
func (e oddStatus) Error() string { return "secret of an odd status" }

type selfMade struct{ status int }

func (e *selfMade) Error() string { return "self-made" }
func (e *selfMade) Status() int   { return e.status }
func (e *selfMade) IntoResponse(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(e.status)
	io.WriteString(w, "by itself")
}

type plainSelf struct{ selfMade }

// captureLog returns what is logged while f runs.
func captureLog(t *testing.T, f func()) string {
	t.Helper()
	var buf bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	defer slog.SetDefault(before)
	f()
	return buf.String()
}

func TestWriteError(t *testing.T) {
	secret := errors.New("secret")
	var nilTeapot *teapot
	var nilRejection *Rejection
	var nilSelf *selfMade
	tests := []struct {
		name   string
		err    error
		status int
		body   string // detail of the problem; "=" and the whole body otherwise
		log    string // part of what is logged; empty for nothing
	}{
		{"plain", secret, 500, "", "error=secret"},
		{"wrapped", fmt.Errorf("load: %w", secret), 500, "", `error="load: secret"`},
		{"Errorf", Errorf(404, "no user %d", 7), 404, "no user 7", ""},
		{"Errorf, wrapped", fmt.Errorf("secret: %w", Errorf(404, "no user")), 404, "no user", ""},
		{"Errorf around another", Errorf(409, "conflict: %w", io.EOF), 409, "conflict: EOF", ""},
		{"Errorf 500", Errorf(500, "secret"), 500, "", "error=secret"},
		{"Errorf 503", Errorf(503, "back at %d", 10), 503, "back at 10", `error="back at 10"`},
		{"Errorf 302", Errorf(302, "elsewhere"), 302, "elsewhere", ""},
		{"Errorf 0", Errorf(0, "secret"), 500, "", "error=secret"},
		{"Errorf without text", Errorf(404, ""), 404, "", ""},
		{"status method", &teapot{secret}, 418, "short and stout: secret", ""},
		{"status method, wrapped", fmt.Errorf("x: %w", &teapot{io.EOF}), 418, "short and stout: EOF", ""},
		{"status method, joined", errors.Join(secret, &teapot{io.EOF}), 418, "short and stout: EOF", ""},
		{"status method 502", oddStatus(502), 502, "", "secret of an odd status"},
		{"status 199", oddStatus(199), 500, "", "secret"},
		{"status 600", oddStatus(600), 500, "", "secret"},
		{"status -1", oddStatus(-1), 500, "", "secret"},
		{"status 599 without a phrase", oddStatus(599), 599, "", "secret"},
		{"204 has no body", oddStatus(204), 204, "=", ""},
		{"the outermost status counts", Errorf(404, "gone: %w", &teapot{secret}), 404, "gone: short and stout: secret", ""},
		{"MaxBytesError", fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 5}), 413, "the body must have at most 5 bytes", ""},
		{"deadline", fmt.Errorf("query: %w", context.DeadlineExceeded), 504, "", "deadline exceeded"},
		{"cancelled", context.Canceled, 500, "", "context canceled"},
		{"ErrAbsent", fmt.Errorf("tenant: %w", ErrAbsent), 400, "a required value is missing", ""},
		{"ErrNilResponse", ErrNilResponse, 500, "", "nil response"},
		{"IntoResponse", &selfMade{410}, 410, "=by itself", ""},
		{"IntoResponse, wrapped", fmt.Errorf("x: %w", &selfMade{410}), 410, "=by itself", ""},
		{"IntoResponse of a server error", &selfMade{503}, 503, "=by itself", "self-made"},
		{"IntoResponse comes before status", Errorf(404, "no: %w", &plainSelf{selfMade{410}}), 410, "=by itself", ""},
		{"nil", nil, 500, "", "a nil <nil> as error"},
		{"nil pointer", nilTeapot, 500, "", "a nil *runtime.teapot as error"},
		{"nil pointer, wrapped", &teapotHolder{nilTeapot}, 500, "", "held"},
		{"nil pointer that renders itself", nilSelf, 500, "", "a nil *runtime.selfMade as error"},
		{"nil pointer that renders itself, wrapped", &teapotHolder{nilSelf}, 500, "", "held"},
		{"nil rejection", nilRejection, 500, "", "a nil *runtime.Rejection as error"},
		{"rejection", &Rejection{status: 415, detail: "no"}, 415, "no", ""},
		{"internal rejection", &Rejection{status: 500, detail: "secret"}, 500, "", "error=secret"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Header().Set("Content-Length", "9")
			r := httptest.NewRequest("POST", "/a?b=c", nil)
			log := captureLog(t, func() { WriteError(w, r, test.err) })

			want, whole := strings.CutPrefix(test.body, "=")
			if !whole {
				var document struct {
					Title  string
					Status int
					Detail string
				}
				if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
					t.Fatalf("%s: %v", w.Body, err)
				}
				if document.Title != title(test.status) || document.Status != test.status || document.Detail != want {
					t.Errorf("got %s, want detail %q", w.Body, want)
				}
				if w.Header().Get("Content-Length") != "" {
					t.Error("the Content-Length of what was to be sent is still there")
				}
			} else if w.Body.String() != want {
				t.Errorf("got %s, want %s", w.Body, want)
			}
			if w.Code != test.status || StatusOf(test.err) != test.status && !whole {
				t.Errorf("status %d, StatusOf %d, want %d", w.Code, StatusOf(test.err), test.status)
			}

			if test.log == "" {
				if log != "" {
					t.Errorf("logged %s", log)
				}
				return
			}
			for _, part := range []string{"level=ERROR", "method=POST", "path=/a ", fmt.Sprintf("status=%d", test.status), test.log} {
				if !strings.Contains(log, part) {
					t.Errorf("logged %q, want %q in it", log, part)
				}
			}
			if strings.Count(log, "\n") != 1 {
				t.Errorf("logged %q, want one line", log)
			}
		})
	}
}

// teapotHolder has a nil error in its chain, as one that was wrapped unseen.
type teapotHolder struct{ err error }

func (e *teapotHolder) Error() string { return "held" }
func (e *teapotHolder) As(target any) bool {
	switch target := target.(type) {
	case *statusCoder:
		*target, _ = e.err.(statusCoder)
		return true
	case *responder:
		*target, _ = e.err.(responder)
		return *target != nil
	}
	return false
}

func TestLogUsesContext(t *testing.T) {
	type key struct{}
	var got any
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(contextHandler{func(ctx context.Context) { got = ctx.Value(key{}) }}))
	r := httptest.NewRequest("GET", "/", nil)
	LogError(r.WithContext(context.WithValue(r.Context(), key{}, "trace")), io.EOF)
	if got != "trace" {
		t.Errorf("the log sees %v in the context", got)
	}
	got = nil
	LogError(r, Errorf(404, "no"))
	if got != nil {
		t.Error("a client's error was logged")
	}
}

// TestLogCanceled tells a client that has gone from a handler that has given up.
func TestLogCanceled(t *testing.T) {
	here := httptest.NewRequest("GET", "/", nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	gone := here.WithContext(ctx)
	for _, test := range []struct {
		name string
		r    *http.Request
		err  error
		want bool
	}{
		{"gone", gone, fmt.Errorf("query: %w", context.Canceled), false},
		{"gone, from upstream", gone, UpstreamError(&url.Error{Op: "Get", Err: context.Canceled}), false},
		{"gone, and another error", gone, io.EOF, true},
		{"given up", here, context.Canceled, true},
	} {
		if log := captureLog(t, func() { LogError(test.r, test.err) }); (log != "") != test.want {
			t.Errorf("%s: logged %q", test.name, log)
		}
	}
}

// TestLogged gives errors that their makers have logged.
func TestLogged(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"logged", loggedError{Errorf(503, "busy"), true}, false},
		{"logged, deep in the chain", fmt.Errorf("layer: %w", loggedError{io.EOF, true}), false},
		{"not logged", loggedError{io.EOF, false}, true},
		{"a nil pointer", (*loggedError)(nil), true},
		{"nil", nil, true},
	}
	for _, test := range tests {
		log := captureLog(t, func() { WriteError(httptest.NewRecorder(), r, test.err) })
		if got := log != ""; got != test.want {
			t.Errorf("%s: logged %q, want %t", test.name, log, test.want)
		}
	}
}

type loggedError struct {
	error
	logged bool
}

func (e loggedError) Unwrap() error { return e.error }
func (e loggedError) Logged() bool  { return e.logged }

type contextHandler struct{ see func(context.Context) }

func (h contextHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h contextHandler) Handle(ctx context.Context, _ slog.Record) error {
	h.see(ctx)
	return nil
}
func (h contextHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h contextHandler) WithGroup(string) slog.Handler      { return h }

func TestRejection(t *testing.T) {
	in := NewInput(nil, httptest.NewRequest("GET", "/?a=x", nil))
	if err := in.Err(); err != nil || in.Failed() {
		t.Errorf("a new input has failed: %v", err)
	}
	in.invalid(QueryParam("a"), "must be an integer")
	in.Invalid(QueryParam("a"), "min", "must be at least 1")
	in.Invalid(FormParam("a"), "required", "is missing")
	in.add(InQuery, "", "", "malformed query")
	err := in.Err()
	const want = "query a: must be an integer; form a: is missing; query: malformed query"
	if err == nil || err.Error() != want || !in.Failed() {
		t.Errorf("got %v, want %s", err, want)
	}
	for err, want := range map[error]string{
		errNotFound:                            "no route has this path",
		&Rejection{status: 413, detail: "big"}: "big",
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}

	w := httptest.NewRecorder()
	in.Reject(w, in.Request())
	viaError := httptest.NewRecorder()
	WriteError(viaError, in.Request(), err)
	if w.Body.String() != viaError.Body.String() || w.Code != 400 || viaError.Code != 400 {
		t.Errorf("Reject writes %d %s, WriteError writes %d %s", w.Code, w.Body, viaError.Code, viaError.Body)
	}
}

func TestTooManyProblems(t *testing.T) {
	in := NewInput(nil, nil)
	for i := range 10 * maxProblems {
		in.invalid(QueryParam(fmt.Sprint(i)), "no")
		at := (*Pointer)(nil).Index(i)
		in.InvalidAt(&at, "max", "no")
	}
	var rejection *Rejection
	if !errors.As(in.Err(), &rejection) || len(rejection.Problems()) != maxProblems {
		t.Errorf("got %d problems, want %d", len(rejection.Problems()), maxProblems)
	}
}

func TestTrackWriter(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	tests := []struct {
		name  string
		write func(w http.ResponseWriter)
		begun bool
	}{
		{"nothing", func(http.ResponseWriter) {}, false},
		{"a header", func(w http.ResponseWriter) { w.Header().Set("X-A", "b") }, false},
		{"an interim status", func(w http.ResponseWriter) { w.WriteHeader(103) }, false},
		{"a status", func(w http.ResponseWriter) { w.WriteHeader(202) }, true},
		{"bytes", func(w http.ResponseWriter) { w.Write([]byte("x")) }, true},
		{"a string", func(w http.ResponseWriter) { io.WriteString(w, "x") }, true},
		{"a copy", func(w http.ResponseWriter) { io.Copy(w, io.LimitReader(strings.NewReader("x"), 1)) }, true},
		{"a copy that fails", func(w http.ResponseWriter) { io.Copy(w, failing{io.ErrUnexpectedEOF}) }, false},
		{"a flush", func(w http.ResponseWriter) { w.(http.Flusher).Flush() }, true},
		{"a flush by the controller", func(w http.ResponseWriter) { http.NewResponseController(w).Flush() }, true},
		{"a switch of protocols", func(w http.ResponseWriter) { w.WriteHeader(101) }, true},
		{"a hijack that is refused", func(w http.ResponseWriter) { http.NewResponseController(w).Hijack() }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			w := TrackWriter(recorder)
			test.write(w)
			before := recorder.Body.String()
			log := captureLog(t, func() { WriteError(w, r, Errorf(404, "no")) })
			if !Begun(w) && test.begun {
				t.Error("it has not begun")
			}
			if test.begun && (recorder.Body.String() != before || !strings.Contains(log, "after the response had begun")) {
				t.Errorf("wrote %q after %q, logged %q", recorder.Body, before, log)
			}
			if !test.begun && (!strings.Contains(recorder.Body.String(), `"status":404`) || log != "") {
				t.Errorf("wrote %q, logged %q", recorder.Body, log)
			}
		})
	}
}

func TestTrackWriterOnTheWire(t *testing.T) {
	_, body := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		w = TrackWriter(w)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhijacked")
		rw.Flush()
		captureLog(t, func() { WriteError(w, r, io.EOF) })
	}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", false)
	if body != "hijacked" {
		t.Errorf("got %q", body)
	}

	_, body = exchange(t, func(w http.ResponseWriter, r *http.Request) {
		tracked := TrackWriter(w)
		if n, err := tracked.(io.ReaderFrom).ReadFrom(strings.NewReader("copied")); n != 6 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		http.NewResponseController(tracked).EnableFullDuplex()
		captureLog(t, func() { WriteError(tracked, r, io.EOF) })
	}, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false)
	if body != "copied" {
		t.Errorf("got %q", body)
	}
}

// TestNilRejection calls the methods of a rejection that is none.
func TestNilRejection(t *testing.T) {
	var none *Rejection
	if none.Status() != 500 || none.Problems() != nil || none.Error() != "nil rejection" || none.Unwrap() != nil {
		t.Error("a nil rejection is something")
	}
	SetErrorHeader(nil, none)
	SetErrorHeader(nil, nil)
}

// A busyError has fields of the header that belong to it.
type busyError struct{}

func (*busyError) Error() string            { return "busy" }
func (*busyError) Status() int              { return http.StatusTooManyRequests }
func (*busyError) ErrorHeader() http.Header { return http.Header{"retry-after": {"3"}} }

func TestErrorHeader(t *testing.T) {
	busy := &busyError{}
	for name, err := range map[string]error{"itself": busy, "wrapped": fmt.Errorf("later: %w", busy)} {
		w := httptest.NewRecorder()
		WriteError(w, httptest.NewRequest("GET", "/", nil), err)
		if got := w.Header().Get("Retry-After"); w.Code != http.StatusTooManyRequests || got != "3" {
			t.Errorf("%s: %d, Retry-After %q, want 429 and 3", name, w.Code, got)
		}
	}
	w := httptest.NewRecorder()
	SetErrorHeader(w, fmt.Errorf("nobody: %w", error((*busyError)(nil))))
	if len(w.Header()) > 0 {
		t.Errorf("header of a nil error: %v", w.Header())
	}
}

func TestInvalidAs(t *testing.T) {
	tooLarge := &Rejection{status: 413}
	own := Errorf(400, "my own: %w", &Rejection{status: 400})
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"malformed":    {&Rejection{status: 400}, 422},
		"media type":   {&Rejection{status: 415}, 422},
		"wrapped":      {fmt.Errorf("line 1: %w", &Rejection{status: 400}), 422},
		"too large":    {tooLarge, 413},
		"a handler's":  {own, 400},
		"no such path": {&Rejection{status: 404}, 404},
		"a fault":      {errors.New("fault"), 500},
	} {
		if got := StatusOf(InvalidAs(test.err, 422)); got != test.want {
			t.Errorf("%s: status %d, want %d", name, got, test.want)
		}
	}
	if InvalidAs(tooLarge, 422) != error(tooLarge) || InvalidAs(own, 422) != own {
		t.Error("an error that keeps its status is another one")
	}
	first := &Rejection{status: 400, problems: []Problem{{Name: "a"}}}
	if again := InvalidAs(first, 422).(*Rejection); first.status != 400 || again.Problems()[0].Name != "a" {
		t.Errorf("%+v became %+v", first, again)
	}
}
