package answers

import (
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// failures adds what is answered when parameters cannot be read, or when the
// function returns an error.
func (l *list) failures(params []model.Param, results []model.Result) {
	l.plain = nil
	for _, p := range params {
		l.reading(p.From, false)
	}
	l.wrongValues()
	if slices.ContainsFunc(results, fails) {
		l.fail(http.StatusInternalServerError, Unexpected{})
		l.failAs(Default, Failed{})
	}
}

// fails reports whether a result can be an error, that in place of the first
// value of a stream among them.
func fails(r model.Result) bool {
	switch as := r.As.(type) {
	case model.Failure:
		return true
	case model.Lines:
		return as.Func == "WriteLines"
	case model.Events:
		return as.Func == "WriteEvents"
	}
	return false
}

// takenOver adds that a middleware function may answer.
func (l *list) takenOver(m model.MiddlewareFunc) {
	if m.Answers {
		l.add(Answer{Code: Default, Cause: TakenOver{Func: m.Func}, Body: Anything{}})
	}
}

// through adds the failures of a middleware function.
func (l *list) through(m model.MiddlewareFunc) {
	limit, timeout, before := l.limit, l.timeout, len(l.answers)
	l.limit, l.timeout = m.Limit, 0
	l.failures(m.Params, m.Results)
	l.said(m.Said, l.errorBody(), before)
	l.limit, l.timeout = limit, timeout
}

// reading adds the failures of one extractor.
func (l *list) reading(from model.Extractor, optional bool) {
	before := len(l.answers)
	switch from := from.(type) {
	case model.QueryValues:
		l.plain = append(l.plain, model.Query)
	case model.Values:
		l.values(from)
	case model.Form:
		l.form()
	case model.Multipart:
		l.declared("multipart/form-data")
		l.fail(http.StatusUnprocessableEntity, Unfit{Media: "multipart/form-data"})
	case model.MultipartReader:
		l.declared("multipart/form-data")
	case model.JSONBody:
		l.json(from)
	case model.JSONLinesBody:
		l.declared("application/x-ndjson")
	case model.TextBody, model.BytesBody, model.ReaderBody:
		l.body()
	case model.Credentials:
		l.fail(http.StatusUnauthorized, NoCredentials{Optional: optional}, Header{"WWW-Authenticate", "What credentials are wanted."})
	case model.Extension:
		if !optional {
			l.fail(http.StatusInternalServerError, NoExtension{Type: from.Type})
		}
	case model.Custom:
		l.failAs(Default, Refused{Type: from.Type, Method: from.Method})
		l.said(from.Said, l.errorBody(), before)
	case model.Provided:
		l.provided(from, optional, optional)
	case model.Composite:
		for _, f := range from.Fields {
			l.reading(f.From, optional)
		}
		if from.Validate {
			l.fail(http.StatusBadRequest, Invalid{Type: from.Type})
		}
		l.said(from.Said, l.errorBody(), before)
	case model.OptionalOf:
		if of, ok := from.Of.(model.Provided); ok {
			l.provided(of, optional, true)
			return
		}
		l.reading(from.Of, true)
	}
}

// values remembers the source of plain values, unless nothing can be wrong with
// them.
func (l *list) values(from model.Values) {
	if from.Validate || slices.ContainsFunc(from.Slots, func(s model.Slot) bool { return !isCertain(from.Source, s) }) {
		l.plain = append(l.plain, from.Source)
	}
}

// isCertain reports whether nothing can be wrong with a value: a text of the
// path.
func isCertain(source model.Source, s model.Slot) bool {
	single, ok := s.Shape.(model.Single)
	return ok && source == model.Path && single.Reader.Func == "ReadString" && len(s.Rules) == 0
}

// wrongValues adds the problems of plain values, which are gathered.
func (l *list) wrongValues() {
	var sources []model.Source
	for _, source := range model.PlainSources {
		if slices.Contains(l.plain, source) {
			sources = append(sources, source)
		}
	}
	if sources != nil {
		l.fail(http.StatusBadRequest, WrongValues{Sources: sources})
	}
}

// form adds the failures of a form, which GET and HEAD have in the query.
func (l *list) form() {
	const media = "application/x-www-form-urlencoded"
	if l.methods.reads {
		l.plain = append(l.plain, model.Query)
	}
	if l.methods.writes {
		l.declared(media)
		l.fail(http.StatusUnprocessableEntity, Unfit{Media: media})
	}
}

func (l *list) json(from model.JSONBody) {
	const media = "application/json"
	l.declared(media)
	l.fail(http.StatusBadRequest, Malformed{})
	l.fail(http.StatusUnprocessableEntity, Unfit{Media: media, Type: from.Type})
}

// declared adds the failures of a body that must have a media type.
func (l *list) declared(media string) {
	l.body()
	l.fail(http.StatusUnsupportedMediaType, Undeclared{Media: media})
}

// body adds the failures of reading any body.
func (l *list) body() {
	l.fail(http.StatusBadRequest, CutOff{})
	if l.timeout > 0 {
		l.fail(http.StatusRequestTimeout, Slow{After: l.timeout})
	}
	if limit := Limit(l.limit); limit > 0 {
		l.fail(http.StatusRequestEntityTooLarge, TooLarge{Limit: limit})
	}
}

// provided adds the failures of an extractor function. If only its result is
// optional, nothing else is: it is absent without credentials.
func (l *list) provided(from model.Provided, optional, absent bool) {
	p, before := l.pkg.Providers[from.Provider], len(l.answers)
	for _, param := range p.Params {
		_, credentials := param.From.(model.Credentials)
		l.reading(param.From, optional || absent && credentials)
	}
	if p.Fails {
		l.failAs(Default, Unavailable{Func: p.Func})
	}
	l.said(p.Said, l.errorBody(), before)
}
