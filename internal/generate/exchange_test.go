package generate_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An exchange is one request and the answer that a case expects.
type exchange struct {
	line   int      // of the request in its section, from 1
	method string   // "GET"
	target string   // "/users/7?full=true", sent as it is
	header []string // "X-Tag: a"
	body   string

	status     int
	mediaType  string   // expected Content-Type; empty for any
	wantHeader []string // "Location: /users/7"
	wantBody   string
	anyBody    bool
}

// parseExchanges reads an http section.
func parseExchanges(text []byte) ([]exchange, error) {
	var list []exchange
	p := exchangeParser{}
	for i, line := range strings.Split(string(text), "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		var err error
		switch {
		case line == "", mark == "#":
			continue
		case mark == ">" && p.state != inRequest && p.state != inRequestBody:
			list = append(list, exchange{line: i + 1})
			err = p.start(&list[len(list)-1], rest)
		case mark == ">":
			p.request(rest)
		case mark == "<" && len(list) > 0:
			err = p.answer(rest)
		default:
			err = fmt.Errorf("want a line that starts with >, < or #, got %q", line)
		}
		if err != nil {
			return nil, fmt.Errorf("http section, line %d: %w", i+1, err)
		}
	}
	return list, nil
}

// An exchangeParser knows which part of an exchange a line belongs to.
type exchangeParser struct {
	x     *exchange
	state int
}

// The states of an exchangeParser.
const (
	outside = iota
	inRequest
	inRequestBody
	inAnswer
	inAnswerBody
)

func (p *exchangeParser) start(x *exchange, line string) error {
	method, target, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Errorf("want METHOD TARGET, got %q", line)
	}
	x.method, x.target = method, expand(target)
	p.x, p.state = x, inRequest
	return nil
}

func (p *exchangeParser) request(line string) {
	switch {
	case p.state == inRequestBody && p.x.body == "":
		p.x.body = expand(line)
	case p.state == inRequestBody:
		p.x.body += "\n" + expand(line)
	case line == "":
		p.state = inRequestBody
	default:
		p.x.header = append(p.x.header, expand(line))
	}
}

// headerLine matches a header of an answer. What does not look like one starts
// the body.
var headerLine = regexp.MustCompile(`^[A-Z][A-Za-z0-9-]*: `)

func (p *exchangeParser) answer(line string) error {
	x := p.x
	switch {
	case p.state == inRequest || p.state == inRequestBody:
		p.state = inAnswer
		status, mediaType, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("want STATUS [CONTENT-TYPE], got %q", line)
		}
		x.status, x.mediaType = n, mediaType
	case p.state == inAnswer && headerLine.MatchString(line):
		x.wantHeader = append(x.wantHeader, line)
	case p.state == inAnswer && line == "*":
		x.anyBody = true
	case p.state == inAnswer:
		p.state, x.wantBody = inAnswerBody, expand(line)
	case x.wantBody == "":
		x.wantBody = expand(line)
	default:
		x.wantBody += "\n" + expand(line)
	}
	return nil
}

// repetition matches {{x*3}}, which stands for xxx.
var repetition = regexp.MustCompile(`\{\{(.+?)\*(\d+)\}\}`)

// expand replaces each {{text*n}} by n times the text, in which the escapes of
// a Go string are understood.
func expand(s string) string {
	return repetition.ReplaceAllStringFunc(s, func(match string) string {
		m := repetition.FindStringSubmatch(match)
		text, err := strconv.Unquote(`"` + m[1] + `"`)
		if err != nil {
			return match
		}
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(text, n)
	})
}

// run makes the request and returns what is wrong with the answer.
func (x *exchange) run(addr string) (problems []string) {
	res, body, err := x.send(addr)
	if err != nil {
		return []string{err.Error()}
	}
	if res.StatusCode != x.status {
		problems = append(problems, fmt.Sprintf("status %d, want %d", res.StatusCode, x.status))
	}
	if got := res.Header.Get("Content-Type"); x.mediaType != "" && !sameHeader(got, x.mediaType) {
		problems = append(problems, fmt.Sprintf("Content-Type %q, want %q", got, x.mediaType))
	}
	problems = append(problems, x.compareHeader(res.Header)...)
	if !x.anyBody {
		problems = append(problems, x.compareBody(res.Header.Get("Content-Type"), body)...)
	}
	if problems != nil {
		problems = append(problems, fmt.Sprintf("the answer was %s\n%s", res.Status, body))
	}
	return problems
}

// send writes the request as the case spells it, right or wrong, on a
// connection of its own.
func (x *exchange) send(addr string) (*http.Response, string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() {
		io.WriteString(conn, x.text(addr))
		if length, ok := x.given("Content-Length"); ok && length != strconv.Itoa(len(x.body)) {
			conn.(*net.TCPConn).CloseWrite() // the body is cut off
		}
	}()
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: x.method})
	if err != nil {
		return nil, "", fmt.Errorf("no answer: %w", err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, "", fmt.Errorf("the answer breaks off: %w", err)
	}
	return res, string(body), nil
}

// text is the request as it goes over the wire.
func (x *exchange) text(addr string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nConnection: close\r\n", x.method, x.target)
	if _, ok := x.given("Host"); !ok {
		fmt.Fprintf(&b, "Host: %s\r\n", addr)
	}
	for _, line := range x.header {
		b.WriteString(line + "\r\n")
	}
	body := x.body
	_, hasLength := x.given("Content-Length")
	if _, chunked := x.given("Transfer-Encoding"); chunked {
		body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(x.body), x.body)
	} else if x.body != "" && !hasLength {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(x.body))
	}
	return b.String() + "\r\n" + body
}

// given returns a header that the case spells out.
func (x *exchange) given(name string) (string, bool) {
	for _, line := range x.header {
		if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// compareHeader checks the headers that the case lists: all values of a name,
// in order.
func (x *exchange) compareHeader(got http.Header) (problems []string) {
	want := http.Header{}
	for _, line := range x.wantHeader {
		name, value, _ := strings.Cut(line, ": ")
		want.Add(name, value)
	}
	for name, values := range want {
		if values[0] == "-" && len(got[name]) == 0 {
			continue
		}
		if !sameHeader(strings.Join(got[name], "\n"), strings.Join(values, "\n")) {
			problems = append(problems, fmt.Sprintf("%s %q, want %q", name, got[name], values))
		}
	}
	return problems
}

func sameHeader(got, want string) bool {
	return got == want || want == "*" && got != ""
}

// compareBody checks the body: by its meaning if it is JSON, else exactly.
func (x *exchange) compareBody(mediaType, got string) []string {
	if x.method == http.MethodHead || !strings.Contains(mediaType, "json") ||
		strings.Contains(mediaType, "ndjson") || x.wantBody == "" {
		if got != x.wantBody {
			return []string{fmt.Sprintf("body %q, want %q", got, x.wantBody)}
		}
		return nil
	}
	want, err := decodeJSON(x.wantBody)
	if err != nil {
		return []string{fmt.Sprintf("the case expects a body that is no JSON: %v", err)}
	}
	value, err := decodeJSON(got)
	if err != nil {
		return []string{fmt.Sprintf("the body is no JSON: %v", err)}
	}
	if !sameJSON(value, want) {
		return []string{"want body " + x.wantBody}
	}
	return nil
}

func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

// sameJSON compares decoded values; "*" in what is wanted stands for any value.
func sameJSON(got, want any) bool {
	switch want := want.(type) {
	case string:
		return want == "*" || got == want
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !sameJSON(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for name := range want {
			if value, ok := object[name]; !ok || !sameJSON(value, want[name]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(got, want)
}
