package answers

import "github.com/handlergen/handlergen/internal/model"

// A Body is what an answer carries.
type Body interface {
	Media() string // its media type, "text/plain"; "*/*" if only the content says
}

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

// Media is the media type of a JSON value.
func (Value) Media() string { return "application/json" }

// Media is the media type of text.
func (Text) Media() string { return "text/plain" }

// Media is the media type of pages.
func (HTML) Media() string { return "text/html" }

// Media is the media type of bytes.
func (Bytes) Media() string { return "application/octet-stream" }

// Media is the media type of forms.
func (Form) Media() string { return "application/x-www-form-urlencoded" }

// Media is any media type.
func (Content) Media() string { return "*/*" }

// Media is the media type of streams of events.
func (Events) Media() string { return "text/event-stream" }

// Media is the media type of JSON lines.
func (Lines) Media() string { return "application/x-ndjson" }

// Media is the media type of problem documents.
func (Problem) Media() string { return "application/problem+json" }

// Media is any media type.
func (Anything) Media() string { return "*/*" }

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
