// Package model holds what handlergen found in a Go package and what it
// decided to generate for it.
//
// It is plain data and the only thing that parse and emit share: parse fills it
// in, emit spells it. Nothing here can reach go/types or the syntax tree, so
// whatever emit needs to know has to be decided, and written down, by parse.
package model

import (
	"go/token"
	"time"
)

// A Package is one Go package that carries at least one route, or names a
// document.
type Package struct {
	Path       string // import path, "example.com/shop/orders"
	Name       string // package name, "orders"
	Doc        string // doc comment, without directives
	Dir        string // directory that receives the generated file
	File       string // name of the generated file, "handlers_gen.go"
	Routes     string // name of the generated constructor, "Routes"
	State      *State // what handlers share; nil when no handler asks for it
	Handlers   []Handler
	Providers  []Provider       // the extractor functions in use, each after those it needs
	Errors     *ErrorFunc       // renders every error; nil for the runtime's own form
	Middleware []MiddlewareFunc // the middleware functions in use
	Checks     []Check          // validation of the struct types found in bodies
	Schemas    []TypeSchema     // what types look like on the wire, each once per use
	Components []Component      // what the schemas refer to
	Documents  []Document       // by openapi directives
	Taken      []string         // package-level names a generated declaration must avoid, sorted
	Imports    []string         // names that the package's files import by: free for imports and locals, not for declarations
}

// State is the value that the generated constructor takes.
type State struct {
	Type Type // as the constructor's parameter is written, *App
}

// FromState says where below the state a value stands.
type FromState struct {
	Field string // field of the state struct, "Store"; empty for the state itself
	Op    string // "", "&" or "*", put before the state or its field
}

// A Func is a function or method of the user's as generated code calls it.
type Func struct {
	Name     string     // "GetUser"
	Receiver *FromState // what the method is called on; nil for a function
	Recv     Type       // the receiver's type as written, *App; nil for a function
}

// A Handler is one annotated function with the routes that share one adapter.
// A function whose routes bind its parameters differently, or that differ in
// status, limit or timeout, comes as several handlers.
type Handler struct {
	Func    Func
	Pos     token.Position // of the function's name
	RecvDoc string         // doc comment of the receiver's type
	Routes  []Route        // at least one, in source order
	Params  []Param        // in signature order
	Results []Result       // in signature order
	Status  int            // status of success when no result says otherwise, 200
	Limit   Limit          // of the request body; DefaultLimit if nothing may read it
	Timeout time.Duration  // deadline of the request's context; 0 for none
}

// WritesItself reports whether a handler takes the writer, and so gives its
// answer by itself.
func (h Handler) WritesItself() bool {
	for _, p := range h.Params {
		if p.From == (Head{Part: Writer}) {
			return true
		}
	}
	return false
}

// Limit is the number of bytes that a request body may have.
type Limit int64

// The limits that have no number of their own.
const (
	DefaultLimit Limit = 0  // runtime.DefaultBodyLimit
	NoLimit      Limit = -1 // limit=none
)

// A Route says which requests reach a handler, and documents it.
type Route struct {
	Methods     []string // "GET", "POST"; empty for ANY
	Pattern     string   // host and path with every prefix, "/users/{id}"
	Pos         token.Position
	Name        string // operation id, "GetUser"
	Summary     string // first sentence of the doc comment
	Description string // the doc comment without directives
	Tags        []string
	Labels      []string
	Deprecated  bool
	Hidden      bool         // not in the OpenAPI document
	Use         []Middleware // outermost first
	Said        Said         // by directives on the function, its receiver's type or the package
}

// Said is what directives say of something that takes part in answering, since
// it cannot be seen in its types.
type Said struct {
	Security []Security // one of these is wanted; none if nothing is said
	Answers  []Answer   // further ones
}

// Security is a way for clients to say who they are.
type Security struct {
	ID       string // asked for in documents; empty for a usual one
	Scheme   Scheme
	Name     string // of the header, query value or cookie
	Format   string // of a bearer token, "JWT"; empty if it is not known
	Text     string
	Optional bool // without it requests are answered, too
}

// Scheme says where credentials stand in a request.
type Scheme string

// The schemes of security directives.
const (
	BearerScheme Scheme = "bearer" // Authorization: Bearer
	BasicScheme  Scheme = "basic"  // Authorization: Basic
	HeaderScheme Scheme = "header" // a header of its own
	QueryScheme  Scheme = "query"  // a value of the query
	CookieScheme Scheme = "cookie"
)

// An Answer is a further answer, for documentation only.
type Answer struct {
	Status int
	Type   Type // nil when none was named
	Text   string
}

// A Param is one parameter and where its value comes from.
type Param struct {
	Name string // as written; empty for _ and unnamed parameters
	Type Type   // as written
	Pos  token.Position
	From Extractor
	Doc  string // from a param directive
	Why  string // how it was understood, for explain: "path value id: a wildcard of the pattern has its name"
}

// A Provider is an extractor function: its result can be a parameter anywhere
// in the package.
type Provider struct {
	Func   Func
	Pos    token.Position
	Type   Type // of its first result
	Params []Param
	Fails  bool // it has a second result, an error
	Body   bool // one of its parameters reads the body
	Said   Said

	// A middleware function needs it, and something inside needs it too: its
	// result is looked for in the request first.
	Carried bool
}

// An ErrorFunc renders every error and every rejection of the package.
type ErrorFunc struct {
	Func        Func
	Pos         token.Position
	WithContext bool // it takes a context before the error
	Results     []Result
	Invalid     int // status of rejections that would have 400, 415 or 422; 0 for those
}

// Middleware is what a use directive names: a func(http.Handler) http.Handler,
// or a function with a middleware directive.
type Middleware struct {
	Func    Func // a function or variable of the package, or a method of the state
	Pos     token.Position
	Adapter int  // index into Package.Middleware, or NoAdapter
	Said    Said // of one without an adapter
}

// NoAdapter is the Adapter of what is a func(http.Handler) http.Handler already.
const NoAdapter = -1

// A MiddlewareFunc is a function with a middleware directive: its parameters
// are extractors and one runtime.Next. A function whose routes bind its
// parameters differently, or limit the body that it reads, comes several times.
type MiddlewareFunc struct {
	Func    Func
	Pos     token.Position
	Params  []Param
	Results []Result
	Limit   Limit // of the body, if a parameter reads it
	Direct  bool  // what the rest of the chain answers is never changed
	Answers bool  // another answer than that, or an error, may come of it
	Carries []int // the providers whose results it puts into the request, sorted
	Said    Said
}
