package answers

import (
	"fmt"

	"github.com/handlergen/handlergen/internal/model"
)

// A Body is what an answer carries.
type Body interface{ body() }

// Bodies lists every variant, for tests that want each to be covered.
var Bodies = []Body{
	Value{}, Text{}, HTML{}, Bytes{}, Form{}, Content{}, Events{}, Lines{}, Problem{}, Anything{},
}

// Value is a value as JSON.
type Value struct{ Type model.Type }

// Text is plain text.
type Text struct{}

// HTML is a page.
type HTML struct{}

// Bytes are bytes that nothing is known of.
type Bytes struct{}

// Form is an urlencoded form.
type Form struct{ Fields []model.FormField }

// Content is what a reader yields, whose name may say what it is.
type Content struct{}

// Events is a stream of server-sent events.
type Events struct{}

// Lines are values as JSON, one on each line.
type Lines struct{ Type model.Type }

// Problem is a problem document (RFC 9457).
type Problem struct{}

// Anything is what something writes by itself, in any form.
type Anything struct{}

func (Value) body()    {}
func (Text) body()     {}
func (HTML) body()     {}
func (Bytes) body()    {}
func (Form) body()     {}
func (Content) body()  {}
func (Events) body()   {}
func (Lines) body()    {}
func (Problem) body()  {}
func (Anything) body() {}

// Media is the media type of a body, "text/plain"; "*/*" if only the content
// says.
func Media(b Body) string {
	switch b.(type) {
	case Value:
		return "application/json"
	case Text:
		return "text/plain"
	case HTML:
		return "text/html"
	case Bytes:
		return "application/octet-stream"
	case Form:
		return "application/x-www-form-urlencoded"
	case Events:
		return "text/event-stream"
	case Lines:
		return "application/x-ndjson"
	case Problem:
		return "application/problem+json"
	case Content, Anything:
		return "*/*"
	}
	panic(fmt.Sprintf("answers: unhandled body %T", b))
}

// bodyOf returns the body that a result becomes, or nil if it is none.
func bodyOf(r model.Result) Body {
	switch as := r.As.(type) {
	case model.Text:
		return Text{}
	case model.HTML:
		return HTML{}
	case model.Bytes:
		return Bytes{}
	case model.FormReply:
		return Form{Fields: as.Fields}
	case model.Stream, model.Attachment:
		return Content{}
	case model.Events:
		return Events{}
	case model.Lines:
		return Lines{Type: r.Encodes}
	case model.JSON:
		return Value{Type: r.Encodes}
	case model.Whole, model.Upstream, model.Responder, model.HTTPHandler, model.Sealed:
		return Anything{}
	}
	return nil
}

// errorBody is the form that errors of the package have.
func (l *list) errorBody() Body {
	if l.pkg.Errors == nil {
		return Problem{}
	}
	for _, r := range l.pkg.Errors.Results {
		if body := bodyOf(r); body != nil {
			return body
		}
	}
	return nil
}
