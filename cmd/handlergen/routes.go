package main

import (
	"fmt"
	"path/filepath"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
)

// A route is what list prints of one route. The names of its members in JSON
// are for programs: they stay.
type route struct {
	Methods []string `json:"methods"` // empty for any
	Pattern string   `json:"pattern"`
	Name    string   `json:"name"`    // operation id
	Package string   `json:"package"` // import path
	Handler string   `json:"handler"` // "GetUser", "(*App).GetUser"
	File    string   `json:"file"`    // relative to the working directory, with slashes
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Status  int      `json:"status"`        // of success, unless a result says otherwise
	Use     []string `json:"use,omitempty"` // middleware, outermost first
	Params  []value  `json:"params"`
	Results []value  `json:"results"`

	pkgName string
}

// A value is a parameter, a field that is read for itself, or a result.
type value struct {
	Name     string  `json:"name,omitempty"` // as written; of a field the selector
	Type     string  `json:"type"`
	Source   string  `json:"source,omitempty"` // of a parameter: "path", "query", "body", …
	As       string  `json:"as,omitempty"`     // of a result: "json", "status", "error", …
	Wire     string  `json:"wire,omitempty"`   // the name in the request, if it has one
	Required bool    `json:"required,omitempty"`
	Default  string  `json:"default,omitempty"`
	Doc      string  `json:"doc,omitempty"`
	Why      string  `json:"why,omitempty"`
	Fields   []value `json:"fields,omitempty"`
}

// routes describes every route, in the order of packages and source.
func (a *app) routes(r *generate.Result) []route {
	list := []route{}
	for _, pkg := range r.Packages {
		for _, h := range pkg.Handlers {
			for _, at := range h.Routes {
				list = append(list, a.route(pkg, h, at))
			}
		}
	}
	return list
}

func (a *app) route(pkg *model.Package, h model.Handler, at model.Route) route {
	var use []string
	for _, m := range at.Use {
		use = append(use, title(m.Func))
	}
	return route{
		Methods: append([]string{}, at.Methods...),
		Pattern: at.Pattern,
		Name:    at.Name,
		Package: pkg.Path,
		Handler: title(h.Func),
		File:    filepath.ToSlash(a.relative(h.Pos.Filename)),
		Line:    h.Pos.Line,
		Column:  h.Pos.Column,
		Status:  h.Status,
		Use:     use,
		Params:  params(pkg, h.Params),
		Results: results(pkg, h.Results),
		pkgName: pkg.Name,
	}
}

func params(pkg *model.Package, list []model.Param) []value {
	out := []value{}
	for _, p := range list {
		v := value{
			Name: p.Name, Type: spell(p.Type, pkg.Path), Source: sourceOf(p.From),
			Doc: p.Doc, Why: p.Why,
		}
		describeSlots(&v, pkg, p.From)
		out = append(out, v)
	}
	return out
}

func results(pkg *model.Package, list []model.Result) []value {
	out := []value{}
	for _, r := range list {
		out = append(out, value{Type: spell(r.Type, pkg.Path), As: responseKind(r.As), Why: r.Why})
	}
	return out
}

// sourceOf names what part of the world a parameter comes from.
func sourceOf(from model.Extractor) string {
	switch from := from.(type) {
	case model.Head:
		return headSources[from.Part]
	case model.QueryValues:
		return "query"
	case model.FromApp:
		return "state"
	case model.Extension:
		return "extension"
	case model.Credentials:
		return "authorization"
	case model.Values:
		return from.Source.Word()
	case model.Form:
		return "form"
	case model.Multipart:
		return "form"
	case model.JSONBody, model.JSONLinesBody, model.TextBody, model.BytesBody, model.ReaderBody, model.MultipartReader:
		return "body"
	case model.Custom:
		return "custom"
	case model.Provided:
		return "extractor"
	case model.Composite:
		return "fields"
	case model.Next:
		return "next"
	case model.OptionalOf:
		return sourceOf(from.Of)
	case model.ResultOf:
		return sourceOf(from.Of)
	}
	panic(fmt.Sprintf("unhandled extractor %T", from))
}

var headSources = map[model.HeadPart]string{
	model.Context:     "context",
	model.Request:     "request",
	model.Writer:      "response",
	model.HeaderMap:   "header",
	model.URL:         "url",
	model.Peer:        "peer",
	model.MatchedPath: "pattern",
	model.OriginalURL: "url",
	model.Host:        "host",

	model.Preconditions: "header",
}

// describeSlots adds the wire name of a value, or the fields it is made of.
func describeSlots(v *value, pkg *model.Package, from model.Extractor) {
	switch from := from.(type) {
	case model.Values:
		addSlots(v, pkg, from.Source.Word(), from.Slots)
	case model.Form:
		addSlots(v, pkg, model.FormSource.Word(), from.Slots)
	case model.Multipart:
		addSlots(v, pkg, model.FormSource.Word(), from.Slots)
	case model.Composite:
		v.Fields = params(pkg, from.Fields)
	case model.OptionalOf:
		describeSlots(v, pkg, from.Of)
	case model.ResultOf:
		describeSlots(v, pkg, from.Of)
	}
}

func addSlots(v *value, pkg *model.Package, source string, slots []model.Slot) {
	for _, s := range slots {
		if s.Field == "" {
			v.Wire, v.Required, v.Default = s.Name, s.Required, s.Default
			continue
		}
		v.Fields = append(v.Fields, value{
			Name: s.Field, Type: spell(s.Type, pkg.Path), Source: source, Wire: s.Name,
			Required: s.Required, Default: s.Default, Doc: s.Doc,
		})
	}
}

// responseKind names how a result becomes part of the answer.
func responseKind(as model.Response) string {
	switch as.(type) {
	case model.StatusCode:
		return "status"
	case model.HeaderParts:
		return "header"
	case model.CookiePart, model.CookieParts:
		return "cookie"
	case model.CustomParts:
		return "parts"
	case model.ETagPart:
		return "entity tag"
	case model.Failure:
		return "error"
	case model.NoContent:
		return "nothing"
	case model.Text:
		return "text"
	case model.Bytes:
		return "bytes"
	case model.HTML:
		return "html"
	case model.JSON:
		return "json"
	case model.FormReply:
		return "form"
	case model.Stream:
		return "stream"
	case model.Attachment:
		return "file"
	case model.Events:
		return "events"
	case model.Whole:
		return "answer"
	case model.Lines:
		return "json lines"
	case model.Upstream:
		return "upstream"
	case model.HTTPHandler:
		return "handler"
	case model.Responder:
		return "response"
	case model.Sealed:
		return "one of"
	}
	panic(fmt.Sprintf("unhandled response %T", as))
}

// title names a function as documentation does: GetUser, (*App).GetUser.
func title(f model.Func) string {
	switch recv := f.Recv.(type) {
	case nil:
		return f.Name
	case model.Pointer:
		return "(*" + typeName(recv.Elem) + ")." + f.Name
	default:
		return typeName(recv) + "." + f.Name
	}
}

// typeName is the name of a type that can have methods.
func typeName(t model.Type) string { return t.(model.Named).Name }
