package runtime

// In says which part of a request a value stands in.
type In uint8

// The parts of a request that values stand in.
const (
	InPath In = iota
	InQuery
	InHeader
	InCookie
	InForm
	InBody
)

var inNames = [...]string{"path", "query", "header", "cookie", "form", "body"}

// String returns the name as it stands in problem documents: "path", "query",
// "header", "cookie", "form" or "body".
func (in In) String() string {
	if int(in) >= len(inNames) {
		return "request"
	}
	return inNames[in]
}

// A Param is a named text of the request that has yet to be read as a value:
// one of the ReadX functions does that. It also knows when the text is missing
// or was given more than once. It is for generated code.
type Param struct {
	name  string
	text  string
	in    In
	count uint8 // 0, 1, or 2 for more than one
}

// QueryParam returns a value of the query that has not been found yet.
func QueryParam(name string) Param { return Param{name: name, in: InQuery} }

// FormParam returns a value of a form that has not been found yet.
func FormParam(name string) Param { return Param{name: name, in: InForm} }

// Set gives p its text. A second call makes it a value given more than once.
func (p *Param) Set(text string) {
	if p.count == 0 {
		p.text, p.count = text, 1
		return
	}
	p.count = 2
}

// Present reports whether p has a text, be it empty, or more than one.
func (p Param) Present() bool { return p.count != 0 }

// Or returns p, or p with the text given here if it has none: a default.
func (p Param) Or(text string) Param {
	if p.count == 0 {
		p.text, p.count = text, 1
	}
	return p
}

// Name returns the name of p as it stands in problems: that of the wildcard,
// query value, header field or cookie.
func (p Param) Name() string { return p.name }
