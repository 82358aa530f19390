package runtime

import (
	"iter"
	"net/url"
)

// The types in this file are parameters of handlers. A wrapper with a type
// parameter has the value in its field Value.

// Path is a value, or a struct of values, from the wildcards of a route's
// pattern, without escapes. In a struct the tag `path:"name"` names the wildcard.
// A value that cannot be read is answered with 400, together with what is wrong
// with the query, the header and the cookies.
//
// As in [http.ServeMux] a wildcard fits no empty segment, and none that is
// nothing but %2F.
//
// [http.ServeMux]: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux
type Path[T any] struct{ Value T }

// Query is a value, or a struct of values, from the query of the URL. In a
// struct the tag `query:"name"` names the value. A query is read by the rules
// of [url.ParseQuery]. A malformed one is answered with 400, and so is a value
// that is missing, given more than once or not of the type; see [Optional] for
// one that may be missing.
type Query[T any] struct{ Value T }

// Header is a value, or a struct of values, from the header of the request. In
// a struct the tag `header:"X-Name"` names the field of the header. A slice
// gets one element for each line and each comma outside quotes (RFC 9110 §5.3).
// What is wrong or missing is answered with 400, as in a [Query].
type Header[T any] struct{ Value T }

// Cookie is a value, or a struct of values, from the cookies of the request. In
// a struct the tag `cookie:"name"` names the cookie. Cookies are read as
// [http.Request.Cookie] reads them. What is wrong or missing is answered with 400,
// as in a [Query].
//
// [http.Request.Cookie]: https://pkg.go.dev/net/http#Request.Cookie
type Cookie[T any] struct{ Value T }

// Form is a urlencoded form: the query of a GET or HEAD request, the body of
// any other. As a result it is sent as application/x-www-form-urlencoded. In a
// struct the tag `form:"name"` names the value.
//
// A body of another Content-Type is answered with 415, one beyond the limit of
// the route with 413, one that is cut off with 400, one that is malformed or has
// wrong values with 422. What is wrong with a query is answered with 400.
type Form[T any] struct{ Value T }

// JSON is a JSON body, decoded and encoded by encoding/json. As a parameter it
// demands the Content-Type application/json or application/*+json, and answers
// 415 to others, 413 to a body beyond the limit of the route, 400 to one that is
// not JSON, and 422 to one that is not of the type or not valid.
type JSON[T any] struct{ Value T }

// JSONLines is a body of JSON lines, a value on each, that is read while it is
// ranged over:
//
//	for item, err := range body.Value {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// It demands the Content-Type application/x-ndjson, application/jsonl or one of
// their other names. Nothing of the body is held but the line at hand, which
// may have [DefaultBodyLimit] bytes; the limit of the route is for all lines.
// Empty lines are skipped.
//
// An error is a [*Rejection] that says in which line it is: 400 for a line that
// is not JSON, 422 for one that is not of the type or whose validation fails.
// The lines after it can still be read. After an error of the body itself, 413
// or 400, there are none. Ranging again goes on where it was left.
type JSONLines[T any] struct{ Value iter.Seq2[T, error] }

// State is a part of the application's state: the value given to the generated
// function Routes, or a field of it.
type State[T any] struct{ Value T }

// Text is the body of the request as a string, whatever its Content-Type. One
// beyond the limit of the route, [DefaultBodyLimit] unless it says otherwise, is
// answered with 413.
type Text string

// Bytes is the body of the request, whatever its Content-Type, with the limit of
// [Text]. The handler owns the slice.
type Bytes []byte

// MatchedPath is the path of the pattern that matched, with its wildcards but
// without method and host: "/users/{id}".
type MatchedPath string

// Host is the host, and port if there is one, that the request is for: the Host
// header of HTTP/1, the :authority of HTTP/2. Forwarded headers are not looked
// at, since any client can send them.
type Host string

// OriginalURL is the URL as the client sent it, whatever middleware has made of
// the request's URL since. Each is a copy that the handler owns.
type OriginalURL struct{ Value *url.URL }

// Bearer is the token of an Authorization header of the scheme Bearer
// (RFC 6750). Without one the answer is 401.
type Bearer string

// BasicAuth is what an Authorization header of the scheme Basic holds
// (RFC 7617). Without one the answer is 401. Whether the password is right is
// for the handler to say.
type BasicAuth struct{ Username, Password string }

// Result is a parameter that never rejects the request: what X was read as, or
// the error that X alone would have been answered with. Value is the zero value
// when Err is not nil.
type Result[X any] struct {
	Value X
	Err   error
}
