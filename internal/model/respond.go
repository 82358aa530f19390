package model

import "go/token"

// A Result is one result of a function and what it adds to the answer.
type Result struct {
	Type Type // as written
	Pos  token.Position
	As   Response
	Why  string // how it was understood, for explain

	Encodes  Type  // of JSON and Lines: what is encoded, T of a runtime.JSON[T] or iter.Seq[T]; nil for anything else
	Statuses []int // of a StatusCode, a JSON with a status or a runtime.Redirect: all that there are, if they are constants; 0 for that of the route

	Headers []string // of HeaderParts and CustomParts: names that are constants, canonical and sorted
	Cookies []string // of CookiePart and CookieParts: all names, if they are constants
}

// A Response says how a result becomes part of the answer. At most one result
// of a function is a body; the rest are parts of the head, and the error.
type Response interface{ response() }

// Responses lists every variant, for tests that want each to be covered.
var Responses = []Response{
	StatusCode{},
	HeaderParts{},
	CookiePart{},
	CookieParts{},
	CustomParts{},
	ETagPart{},
	Failure{},
	NoContent{},
	Text{},
	Bytes{},
	HTML{},
	JSON{},
	FormReply{},
	Stream{},
	Attachment{},
	Events{},
	Whole{},
	Lines{},
	Upstream{},
	HTTPHandler{},
	Responder{},
	Sealed{},
}

// StatusCode is a runtime.Status.
type StatusCode struct{}

// HeaderParts is an http.Header: each of its names replaces.
type HeaderParts struct{}

// CookiePart is an *http.Cookie: appended, nil adds nothing.
type CookiePart struct{}

// CookieParts is a []*http.Cookie: each appended.
type CookieParts struct{}

// CustomParts is a type with IntoResponseParts(http.Header) error.
type CustomParts struct {
	Nilable bool // a pointer or interface: nil adds nothing
}

// ETagPart is a runtime.ETag, which may answer in place of the body.
type ETagPart struct{}

// Failure is the error, always last.
type Failure struct{}

// NoContent is runtime.NoContent: 204.
type NoContent struct{}

// Text is a string, or a type whose kind it is.
type Text struct{}

// Bytes is a []byte, or a type whose kind it is.
type Bytes struct{}

// HTML is a runtime.HTML.
type HTML struct{}

// JSON is any other value, or the field Value of a runtime.JSON[T].
type JSON struct {
	Wrapped  bool
	Statused bool // the type has a Status() int method, which gives the status
	Nilable  bool // it is a pointer or interface too: nil is an internal error
}

// FormReply is a runtime.Form[T]: an urlencoded form.
type FormReply struct{ Fields []FormField }

// A FormField is one field of a form that is written.
type FormField struct {
	Field  string // selector, "Name"
	Name   string // "name"
	Shape  string // "", "pointer", "optional", "slice"
	Format string // runtime function: FormatString FormatBool FormatInt FormatUint FormatFloat FormatTime FormatDuration FormatText FormatURL
}

// Stream is a type with a method Read: what it yields is streamed.
type Stream struct {
	Closes bool // it may have a method Close
}

// Attachment is a runtime.Attachment.
type Attachment struct{}

// Events is a stream of runtime.Events.
type Events struct {
	Func string // runtime function: WriteEvents WriteEventSeq WriteEventChan WriteEventStream
}

// Whole is a *runtime.Response: status, header and body.
type Whole struct{}

// Lines are the values of an iterator as JSON lines.
type Lines struct {
	Func string // runtime function: WriteLines WriteLineSeq
}

// Upstream is an *http.Response: what another server has answered.
type Upstream struct{}

// HTTPHandler is an http.Handler that takes over.
type HTTPHandler struct{ Nil Nil }

// Responder is a type with IntoResponse(http.ResponseWriter, *http.Request):
// runtime.Redirect and the user's own.
type Responder struct{ Nil Nil }

// Nil says which nil a result can be, which is an internal error where the
// result has to answer by itself.
type Nil int

// The kinds of nil.
const (
	NeverNil     Nil = iota
	NilValue         // a pointer or function
	NilInterface     // an interface
)

// Sealed is an interface whose implementations in the package each answer for
// themselves.
type Sealed struct{ Cases []Case }

// A Case is one implementation of a sealed interface.
type Case struct {
	Type   Type     // as the type switch names it
	As     Response // Responder, or JSON with Statused
	Status int      // what its Status method returns if that is one constant, for documentation; else 0
}

func (StatusCode) response()  {}
func (HeaderParts) response() {}
func (CookiePart) response()  {}
func (CookieParts) response() {}
func (CustomParts) response() {}
func (ETagPart) response()    {}
func (Failure) response()     {}
func (NoContent) response()   {}
func (Text) response()        {}
func (Bytes) response()       {}
func (HTML) response()        {}
func (JSON) response()        {}
func (FormReply) response()   {}
func (Stream) response()      {}
func (Attachment) response()  {}
func (Events) response()      {}
func (Whole) response()       {}
func (Lines) response()       {}
func (Upstream) response()    {}
func (HTTPHandler) response() {}
func (Responder) response()   {}
func (Sealed) response()      {}
