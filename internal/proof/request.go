package proof

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Request is one as it goes over the wire.
type Request struct {
	Method string   // "GET"
	Target string   // "/users/7?full=true", sent as it is
	Header []string // "X-Tag: a"
	Body   string
}

// Given returns a header that the request spells out.
func (r *Request) Given(name string) (string, bool) {
	for _, line := range r.Header {
		if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// Set replaces a header.
func (r *Request) Set(name, value string) {
	r.Header = slices.DeleteFunc(r.Header, func(line string) bool {
		key, _, _ := strings.Cut(line, ":")
		return strings.EqualFold(key, name)
	})
	r.Header = append(r.Header, name+": "+value)
}

// text is the request as it goes over the wire.
func (r *Request) text(addr string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Target)
	for _, line := range []string{"Connection: close", "Host: " + addr} {
		name, _, _ := strings.Cut(line, ":")
		if _, ok := r.Given(name); !ok {
			b.WriteString(line + "\r\n")
		}
	}
	for _, line := range r.Header {
		b.WriteString(line + "\r\n")
	}
	body := r.Body
	_, hasLength := r.Given("Content-Length")
	if _, chunked := r.Given("Transfer-Encoding"); chunked {
		body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(r.Body), r.Body)
	} else if r.Body != "" && !hasLength {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	return b.String() + "\r\n" + body
}

// An Answer is one to a request, with its whole body, or with the beginning of
// a stream.
type Answer struct {
	*http.Response
	Text string
}

// Send writes the request as it is spelled, right or wrong, on a connection of
// its own, and reads the answer to its end.
func (r *Request) Send(addr string) (*Answer, error) { return r.send(addr, io.ReadAll) }

// send reads of the answer's body what read wants of it.
func (r *Request) send(addr string, read func(io.Reader) ([]byte, error)) (*Answer, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return nil, err
	}
	go func() {
		_, _ = io.WriteString(conn, r.text(addr)) // the server need not read all
		if length, ok := r.Given("Content-Length"); ok && length != strconv.Itoa(len(r.Body)) {
			_ = conn.(*net.TCPConn).CloseWrite() // the body is cut off
		}
	}()
	//nolint:bodyclose // closing it would read a stream to its end
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	body, err := read(res.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer breaks off: %w", err)
	}
	return &Answer{res, string(body)}, nil
}

// firstOf reads the first event of a stream or its first line, or all if it is
// short.
func firstOf(body io.Reader) ([]byte, error) {
	var text []byte
	for lines := bufio.NewReader(body); ; {
		line, err := lines.ReadBytes('\n')
		text = append(text, line...)
		switch {
		case err == io.EOF:
			return text, nil
		case err != nil || len(line) == 1 || line[0] == '{' || line[0] == '[':
			return text, err
		}
	}
}

// request writes down a request of the operation. Some cannot be written: those
// with nothing in the path.
func (o Operation) request(p attempt) (*Request, bool) {
	r := &Request{Method: o.Method, Target: o.Path}
	query := url.Values{}
	var cookies []string
	for _, param := range o.at("parameters").elems() {
		name, in := param.text("name"), param.text("in")
		for key, texts := range param.written(p.values[in+" "+name]) {
			switch in {
			case "path":
				if !isSegment(texts) {
					return nil, false
				}
				r.Target = strings.ReplaceAll(r.Target, "{"+key+"}", url.PathEscape(texts[0]))
			case "query":
				query[key] = texts
			case "header":
				if slices.ContainsFunc(texts, isTrimmed) {
					return nil, false
				}
				for _, text := range texts {
					r.Header = append(r.Header, key+": "+text)
				}
			case "cookie":
				for _, text := range texts {
					cookies = append(cookies, key+"="+text)
				}
			}
		}
	}
	if len(query) > 0 {
		r.Target += "?" + query.Encode()
	}
	if cookies != nil {
		r.Header = append(r.Header, "Cookie: "+strings.Join(cookies, "; "))
	}
	for _, server := range o.at("servers").elems() {
		r.Set("Host", strings.TrimPrefix(server.text("url"), "//"))
	}
	if p.body != nil {
		if limit := o.limit(); p.allowed && limit > 0 && len(p.body.text) > limit {
			return nil, false
		}
		r.Header = append(r.Header, "Content-Type: "+p.body.media)
		r.Body = p.body.text
	}
	return r, true
}

// isSegment reports whether texts are one that can be a segment of a path.
func isSegment(texts []string) bool {
	return len(texts) == 1 && texts[0] != "" && !strings.Contains(texts[0], "/") && strings.Trim(texts[0], ".") != ""
}

// isTrimmed reports whether a text would not arrive as it is in a header.
func isTrimmed(text string) bool { return text == "" || strings.TrimSpace(text) != text }

// written is the value of a parameter as texts by name.
func (n node) written(value any) map[string][]string {
	texts, keyed := textsOf(value)
	switch {
	case value == nil:
		return nil
	case keyed == nil:
		return map[string][]string{n.text("name"): texts}
	case n.text("style") == "deepObject":
		deep := map[string][]string{}
		for key, texts := range keyed {
			deep[n.text("name")+"["+key+"]"] = texts
		}
		return deep
	case n.text("in") == "header":
		for key, texts := range keyed {
			keyed[key] = []string{strings.Join(texts, ",")}
		}
	}
	return keyed
}

// textsOf writes a value as texts, or as texts by name.
func textsOf(value any) (texts []string, keyed map[string][]string) {
	switch value := value.(type) {
	case string:
		return []string{value}, nil
	case []any:
		for _, elem := range value {
			one, _ := textsOf(elem)
			texts = append(texts, one...)
		}
		return texts, nil
	case map[string]any:
		keyed = map[string][]string{}
		for name, elem := range value {
			keyed[name], _ = textsOf(elem)
		}
		return nil, keyed
	case nil:
		return nil, nil
	}
	return []string{asJSON(value)}, nil
}
