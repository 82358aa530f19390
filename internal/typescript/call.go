package typescript

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A call is one method of a client under construction.
type call struct {
	*writer
	op     wire.Operation
	name   string // "getUser"
	params string // name of the type of its parameters; empty for none
	verb   string // key of the parameter that says the method; empty for a method of its own
	in     *input
	out    output
}

func newCall(w *writer, op wire.Operation) *call {
	c := &call{writer: w, op: op, in: &input{writer: w, pkg: op.Package, method: op.Method}}
	for _, use := range op.Route.Use {
		if use.Adapter != model.NoAdapter {
			c.in.readAll(op.Package.Middleware[use.Adapter].Params)
		}
	}
	c.in.readAll(op.Handler.Params)
	c.out = c.output()
	if c.out.tagged {
		c.in.conditions()
	}
	c.in.finish(op.Route.Pattern)
	keys := wire.Scope{}
	if c.in.body != nil {
		keys["body"] = true
	}
	if op.Method == "" {
		c.verb = keys.Pick("method")
	}
	c.in.nameValues(keys)
	if c.verb != "" || c.in.body != nil || len(c.in.values) > 0 {
		c.params = w.types.Pick(op.Name+"Params", op.Name+"Parameters")
	}
	if c.in.body != nil && len(c.in.body.fields) > 0 {
		c.in.body.typeName = w.types.Pick(op.Name+"Form", op.Name+"FormBody")
		c.in.body.typ = c.in.body.typeName
	}
	return c
}

// obstacle says why fetch cannot send such a request, or nothing.
func (c *call) obstacle() string {
	switch c.op.Method {
	case http.MethodConnect, http.MethodTrace:
		return "fetch does not send " + c.op.Method
	case http.MethodGet, http.MethodHead:
		if c.in.body != nil {
			return "fetch does not send a body with " + c.op.Method
		}
	}
	return ""
}

// isOptional reports whether a call can be made without parameters.
func (c *call) isOptional() bool {
	return c.verb == "" && (c.in.body == nil || c.in.body.optional) &&
		!slices.ContainsFunc(c.in.values, func(v *value) bool { return v.required })
}

// method writes the method.
func (c *call) method() {
	c.print.doc(c.docs()...)
	async, options := "async ", "CallOptions"
	if c.out.generates() {
		async = "async *"
	}
	if c.out.read == "readEvents" {
		options = "EventOptions"
	}
	var params []string
	switch {
	case c.params == "":
	case c.isOptional():
		params = append(params, "params: "+c.params+" = {}")
	default:
		params = append(params, "params: "+c.params)
	}
	params = append(params, "options?: "+options)
	head := async + c.name + "(" + strings.Join(params, ", ") + "): " + c.out.promise() + " {"
	if c.print.fits(head) {
		c.print.block(head, "}", c.statements)
		return
	}
	c.print.line(async, c.name, "(")
	for _, p := range params {
		c.print.line("  ", p, ",")
	}
	c.print.block("): "+c.out.promise()+" {", "}", c.statements)
}

// docs are those of the handler, then the route.
func (c *call) docs() []string {
	text := strings.TrimSpace(c.op.Route.Description)
	if rest, ok := strings.CutPrefix(text, c.op.Handler.Func.Name+" "); ok {
		text = wire.Upper(rest)
	}
	list := paragraphs(text, c.op.Route.Deprecated)
	tag := list[len(list)-1]
	list = append(list[:len(list)-1], "`"+clean(c.op.String())+"`")
	for _, a := range c.op.Route.Said.Answers {
		if a.Status >= http.StatusBadRequest && a.Text != "" {
			list = append(list, "@throws ApiError with status "+strconv.Itoa(a.Status)+": "+oneLine(clean(a.Text)))
		}
	}
	return append(list, tag)
}

// statements writes the body of the method: the request, then the answer.
func (c *call) statements() {
	c.use("request")
	verb := literal(c.op.Method)
	if c.verb != "" {
		verb = "params." + c.verb
	}
	args := []string{verb, c.path()}
	if traits := c.traits(); len(traits) > 0 {
		args = append(args, "{ "+strings.Join(traits, ", ")+" }")
	}
	line := "const request = newRequest(" + strings.Join(args, ", ") + ");"
	if c.print.fits(line) {
		c.print.line(line)
	} else {
		c.print.block("const request = newRequest(", ");", func() {
			for _, arg := range args {
				c.print.line(arg, ",")
			}
		})
	}
	for _, v := range c.in.values {
		c.send(v)
	}
	if c.in.body != nil {
		c.sendBody(c.in.body)
	}
	c.answer()
}

// traits is what distinguishes a request from most.
func (c *call) traits() []string {
	var list []string
	switch {
	case c.out.open:
		list = append(list, `expects: "any"`)
	case len(c.out.expects) > 0:
		list = append(list, "expects: "+numbers(c.out.expects))
	}
	if c.takesBasicAuth() {
		list = append(list, "takesBasicAuth: true")
	}
	return list
}

// takesBasicAuth reports whether a name and a password say who calls.
func (c *call) takesBasicAuth() bool {
	for _, way := range answers.Security(c.op.Package, c.op.Handler, c.op.Route) {
		if slices.ContainsFunc(way, func(s model.Security) bool { return s.Scheme == model.BasicScheme }) {
			return true
		}
	}
	return false
}

func numbers(list []int) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// path writes the path, with the values in it.
func (c *call) path() string {
	_, path := wire.SplitHost(c.op.Route.Pattern)
	segments := strings.Split(strings.TrimSuffix(path, "{$}"), "/")
	filled := false
	for i, segment := range segments {
		name, isWildcard := strings.CutPrefix(segment, "{")
		if !isWildcard {
			segments[i] = escape(segment)
			continue
		}
		name, isRest := strings.CutSuffix(strings.TrimSuffix(name, "}"), "...")
		fn := "segment"
		if isRest {
			fn = "segments"
		}
		c.use(fn)
		filled = true
		segments[i] = "${" + fn + "(" + literal(name) + ", " + member("params", c.in.keyOf(model.Path, name)) + ")}"
	}
	text := strings.Join(segments, "/")
	if !filled {
		return literal(text)
	}
	return "`" + text + "`"
}

// escape writes what a segment of a pattern stands for.
func escape(segment string) string {
	if text, err := url.PathUnescape(segment); err == nil {
		segment = text
	}
	return url.PathEscape(segment)
}

// send adds a value to the request.
func (c *call) send(v *value) {
	adding := ""
	switch v.source {
	case model.Path:
		return
	case model.Query:
		c.use("add")
		adding = "add(request.query, "
	case model.Headers:
		c.use("addHeader")
		adding = "addHeader(request, "
	case model.Cookie:
		c.use("addCookie")
		adding = "addCookie(request, "
	}
	c.addValue(adding, *v, member("params", v.key))
}

// addValue calls a function with a name and its texts: once for each of a Dict.
func (c *call) addValue(adding string, v value, from string) {
	if !v.dict {
		c.print.line(adding, literal(v.name), ", ", from, ");")
		return
	}
	c.use("entries")
	c.print.block("for (const [name, values] of entries("+literal(v.name)+", "+from+")) {", "}", func() {
		c.print.line(adding, "name, values);")
	})
}

// sendBody makes the body.
func (c *call) sendBody(b *body) {
	switch b.kind {
	case formKind, multipartKind:
		if b.optional {
			c.print.block("if (params.body !== undefined) {", "}", func() { c.sendForm(b) })
			return
		}
		c.sendForm(b)
	case formDataKind:
		c.print.line("request.body = params.body;")
	default:
		c.use(string(b.kind))
		c.print.line(string(b.kind), "(request, params.body);")
	}
}

func (c *call) sendForm(b *body) {
	form, adding, end := "new URLSearchParams()", "add(form, ", "request.body = form;"
	if b.kind == multipartKind {
		c.use("multipart")
		form, adding, end = "new MultipartWriter()", "form.value(", "form.setBody(request);"
	} else {
		c.use("add")
	}
	c.print.line("const form = ", form, ";")
	for _, f := range b.fields {
		from := member("params.body", f.key)
		if f.file {
			c.print.line("form.file(", literal(f.name), ", ", from, ");")
			continue
		}
		c.addValue(adding, f.value, from)
	}
	c.print.line(end)
}

// declarations writes the types that a call has of its own.
func (c *call) declarations() {
	if c.params != "" {
		c.paramsType()
	}
	if b := c.in.body; b != nil && b.typeName != "" {
		c.print.line("")
		c.print.doc("The form that `Client." + c.name + "` sends.")
		c.print.block("export interface "+b.typeName+" {", "}", func() {
			for _, f := range b.fields {
				c.member(f.key, f.typ, !f.required, f.docs)
			}
		})
	}
	if c.out.union != "" {
		c.print.line("")
		c.print.doc("The answers to `Client." + c.name + "`, by their status.")
		c.print.line("export type ", c.out.union, " = ", c.out.unionOf, ";")
	}
}

// paramsType declares the parameters.
func (c *call) paramsType() {
	c.print.line("")
	c.print.doc("What `Client." + c.name + "` takes.")
	c.print.block("export interface "+c.params+" {", "}", func() {
		if c.verb != "" {
			c.member(c.verb, "string", false, []string{"The method of the request."})
		}
		for _, v := range c.in.values {
			c.member(v.key, v.typ, !v.required, v.docs)
		}
		if b := c.in.body; b != nil {
			c.member("body", b.typ, b.optional, b.docs)
		}
	})
}

// member declares a member of what is sent.
func (w *writer) member(key, typ string, optional bool, docs []string) {
	w.print.doc(docs...)
	if optional {
		w.print.line("readonly ", property(key), "?: ", typ, " | undefined;")
		return
	}
	w.print.line("readonly ", property(key), ": ", typ, ";")
}
