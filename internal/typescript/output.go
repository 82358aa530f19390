package typescript

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// An output is what becomes of an answer.
type output struct {
	read     string // function of the library that makes it of the response; empty for the response as it is
	typ      string // what that returns
	headed   bool   // it comes with its head
	tagged   bool   // it may be 304 in place of the body
	status   string // type of the status, if that says something
	union    string // name of the type of several answers; empty for one
	unionOf  string
	statuses []int // of the union
	expects  []int // from 400, that are answers
	open     bool  // any status is an answer
}

// generates reports whether an answer comes in pieces.
func (o output) generates() bool { return o.read == "readEvents" || o.read == "readLines" }

// promise is the type that the method returns.
func (o output) promise() string {
	switch {
	case o.generates():
		return "AsyncGenerator<" + o.typ + ", void, undefined>"
	case o.union != "":
		return "Promise<" + o.union + ">"
	case !o.headed:
		return "Promise<" + o.typ + ">"
	}
	answer := "Answer<" + o.held()
	if o.status != "" {
		answer += ", " + o.status
	}
	answer += ">"
	if o.tagged {
		answer += " | Answer<undefined, 304>"
	}
	return "Promise<" + answer + ">"
}

// held is the type of the body of an answer with its head.
func (o output) held() string {
	if o.typ == "void" {
		return "undefined"
	}
	return o.typ
}

// output decides what becomes of the answer.
func (c *call) output() output {
	var o output
	var bodyResult model.Result
	for _, r := range c.op.Handler.Results {
		switch as := r.As.(type) {
		case model.Failure:
		case model.StatusCode:
			o.headed = true
			o.status = c.statusType(r)
		case model.HeaderParts, model.CookiePart, model.CookieParts, model.CustomParts:
			o.headed = true
		case model.ETagPart:
			o.headed = true
			o.tagged = c.op.Method == http.MethodGet || c.op.Method == ""
		case model.JSON:
			o.headed = o.headed || as.Statused
			bodyResult = r
		default:
			bodyResult = r
		}
	}
	o.expects, o.open = wire.Expected(c.op.Handler)
	if c.op.Method == http.MethodHead {
		o.read, o.typ, o.headed, o.tagged = "discard", "void", true, false
		return o
	}
	c.readBody(&o, bodyResult)
	if o.tagged && !o.open && o.status == "" {
		o.status = strconv.Itoa(c.op.Handler.Status)
	}
	if o.generates() || o.read == "" || o.union != "" {
		o.headed, o.tagged = false, false
	}
	return o
}

// statusType lists the statuses that a function returns.
func (c *call) statusType(r model.Result) string {
	var list []string
	for _, status := range r.Statuses {
		if status == 0 {
			status = c.op.Handler.Status
		}
		list = append(list, strconv.Itoa(status))
	}
	return union(list)
}

// readBody chooses how the body is read.
func (c *call) readBody(o *output, r model.Result) {
	switch as := r.As.(type) {
	case nil, model.NoContent:
		o.read, o.typ = "discard", "void"
	case model.JSON:
		o.read, o.typ = "readJson", c.typeOf(wire.Lookup(c.op.Package, r.Encodes, model.Sent), model.Sent)
	case model.Text, model.HTML:
		o.read, o.typ = "readText", "string"
	case model.Bytes:
		o.read, o.typ = "readBytes", "Uint8Array"
	case model.FormReply:
		o.read, o.typ = "readForm", "URLSearchParams"
	case model.Stream, model.Attachment:
		o.read, o.typ = "toDownload", "Download"
	case model.Events:
		o.read, o.typ = "readEvents", "ServerEvent"
	case model.Lines:
		o.read, o.typ = "readLines", c.typeOf(wire.Lookup(c.op.Package, r.Encodes, model.Sent), model.Sent)
	case model.Sealed:
		c.readSealed(o, as)
	default:
		o.typ = "Response"
	}
}

// readSealed reads one of several answers: by the status, if that is known of
// all.
func (c *call) readSealed(o *output, s model.Sealed) {
	writesItself := func(of model.Case) bool { as, ok := of.As.(model.JSON); return !ok || !as.Statused }
	if slices.ContainsFunc(s.Cases, writesItself) {
		o.typ = "Response"
		return
	}
	bodies := map[int][]string{}
	var statuses []int
	var all []string
	for _, of := range wire.Implementations(s) {
		t := c.typeOf(wire.ImplementationSchema(c.op.Package, of.Type), model.Sent)
		all = append(all, t)
		bodies[of.Status] = append(bodies[of.Status], t)
		statuses = append(statuses, of.Status)
	}
	slices.Sort(statuses)
	statuses = slices.Compact(statuses)
	o.read, o.typ, o.headed, o.status = "readJson", union(all), true, ""
	if slices.Contains(statuses, 0) {
		return
	}
	var answers []string
	for _, status := range statuses {
		answers = append(answers, "Answer<"+union(bodies[status])+", "+strconv.Itoa(status)+">")
	}
	o.union, o.unionOf, o.statuses = c.types.Pick(c.op.Name+"Answer", c.op.Name+"Reply"), strings.Join(answers, " | "), statuses
}

// answer writes what is done with the answer.
func (c *call) answer() {
	o := c.out
	send := "await this.#connection.send(request, options)"
	if o.read != "" {
		c.use(o.read)
	}
	switch {
	case o.read == "readEvents":
		c.print.line("yield* readEvents(this.#connection, request, options);")
	case o.read == "readLines":
		c.print.line("yield* readLines(", send, ");")
	case o.union != "":
		c.use("readUnion")
		c.print.line("return readUnion(request, ", send, ", ", numbers(o.statuses), ");")
	case o.read == "":
		c.print.line("return ", strings.TrimPrefix(send, "await "), ";")
	case o.headed:
		c.headed(send)
	case o.read == "discard":
		c.print.line("await discard(", send, ");")
	default:
		c.print.line("return ", o.read, "(", send, ");")
	}
}

// headed returns an answer with its head.
func (c *call) headed(send string) {
	c.use("toAnswer")
	c.print.line("const response = ", send, ";")
	wait, typed := "await ", ""
	if c.out.read == "toDownload" {
		wait = ""
	}
	if c.out.tagged {
		c.use("notModified")
		c.print.block("if (response.status === 304) {", "}", func() { c.print.line("return notModified(response);") })
		typed = "<" + c.out.held() + ", " + cmp.Or(c.out.status, "number") + ">"
	}
	c.print.line("return toAnswer", typed, "(response, ", wait, c.out.read, "(response));")
}
