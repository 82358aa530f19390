package runtime_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// shout changes answers: it is written in the user's package below
// //handlergen:middleware, and named by //handlergen:use.
func shout(r *http.Request, next runtime.Next) (*runtime.Response, error) {
	res := next.Run(r)
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Header.Set("X-Shout", "yes")
	res.Body = io.NopCloser(bytes.NewReader(bytes.ToUpper(text)))
	return res, nil
}

// wrapShout is what handlergen generates for it.
func wrapShout(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain := runtime.NewChain(w, next)
		defer chain.End()

		out, err := shout(r, chain.Next())
		defer runtime.CloseBody(out)
		if err != nil {
			runtime.WriteError(w, r, err)
			return
		}

		if err := runtime.WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			runtime.WriteError(w, r, err)
		}
	})
}

// admit answers in the handler's place, or leaves its answers as they are.
func admit(token runtime.Optional[runtime.Bearer], r *http.Request, next runtime.Next) *runtime.Response {
	if !token.Present {
		return &runtime.Response{
			Status: http.StatusSeeOther,
			Header: http.Header{"Location": {"/login"}},
			Body:   io.NopCloser(strings.NewReader("log in first")),
		}
	}
	return next.Run(r)
}

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

func ExampleNext() {
	w := httptest.NewRecorder()
	wrapShout(http.HandlerFunc(hello)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, w.Header().Get("X-Shout"), w.Body)
	// Output: 200 yes HELLO
}

// A middleware function that only looks at requests returns an answer of its
// own, or that of Run as it is.
func ExampleDirectNext() {
	r := httptest.NewRequest("GET", "/", nil)
	for _, token := range []runtime.Optional[runtime.Bearer]{{}, {Value: "secret", Present: true}} {
		w := httptest.NewRecorder()
		out := admit(token, r, runtime.DirectNext(w, http.HandlerFunc(hello)))
		if err := runtime.WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			fmt.Println(err)
		}
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 303 log in first
	// 200 hello
}

// A Response can be the result of a handler.
func ExampleResponse() {
	res := &runtime.Response{
		Status: http.StatusAccepted,
		Header: http.Header{"Content-Type": {"text/csv"}},
		Body:   io.NopCloser(strings.NewReader("id,name\n1,Jo\n")),
	}
	w := httptest.NewRecorder()
	res.IntoResponse(w, httptest.NewRequest("GET", "/users.csv", nil))
	fmt.Print(w.Code, " ", w.Header().Get("Content-Type"), "\n", w.Body)
	// Output:
	// 202 text/csv
	// id,name
	// 1,Jo
}

// Plain middleware finds what other middleware has put into the request.
func ExampleFindExtension() {
	type tenant string
	r := runtime.WithExtension(httptest.NewRequest("GET", "/", nil), tenant("acme"))
	name, ok := runtime.FindExtension[tenant](r)
	fmt.Println(name, ok)
	// Output: acme true
}
