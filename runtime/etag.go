package runtime

import (
	"fmt"
	"net/http"
	"strings"
)

// ETag is the entity tag of an answer (RFC 9110 §8.8.3): a result beside the
// body, which stands for one version of what is answered. Its text is the tag
// as it is sent, `"v1"` or `W/"v1"`, or the same without quotes, v1; an empty
// one is none.
//
// Answers to GET and HEAD with a tag and a status of success look at the
// conditions of the request (§13). If the tag is one of If-None-Match, the
// answer is 304 without the body; if it is none of If-Match, it is 412. For
// methods that change something that would be too late: what they should not do
// unless a tag is the current one, they ask [Preconditions] before.
type ETag string

// WeakETag returns a tag for versions that mean the same, but need not be the
// same to the byte. Ranges of them cannot be asked for, and If-Match is never
// fulfilled by it.
func WeakETag(text string) ETag { return ETag(`W/"` + text + `"`) }

// field returns the tag as it is sent, or an error if it cannot be.
func (t ETag) field() (string, error) {
	text, weak := strings.CutPrefix(string(t), "W/")
	quoted := len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"'
	switch {
	case quoted:
		text = text[1 : len(text)-1]
	case weak:
		text, weak = string(t), false
	}
	for i := range len(text) {
		if c := text[i]; c < '!' || c == '"' || c == 0x7f {
			return "", fmt.Errorf("invalid entity tag %q", string(t))
		}
	}
	if weak {
		return `W/"` + text + `"`, nil
	}
	return `"` + text + `"`, nil
}

// ETag adds an entity tag. One that cannot be sent makes Err fail.
func (p *Parts) ETag(tag ETag) {
	if tag == "" {
		return
	}
	field, err := tag.field()
	if err != nil && p.err == nil {
		p.err = err
	}
	p.etag = field
}

// Match returns Err, or the error of a request that is for another version of
// an answer than the one that the entity tag stands for, if it has one and that
// status.
func (p *Parts) Match(r *http.Request, status int) error {
	wanted := r.Header["If-Match"]
	if p.err == nil && isGiven(wanted) && p.isConditional(r, status) && !matches(wanted, p.etag, true) {
		return errPrecondition
	}
	return p.err
}

// WriteNotModified answers 304 if the client has the version of the answer that
// the entity tag stands for, and reports whether that is so.
func (p *Parts) WriteNotModified(w http.ResponseWriter, r *http.Request, status int) bool {
	known := r.Header["If-None-Match"]
	if !isGiven(known) || !p.isConditional(r, status) || !matches(known, p.etag, false) {
		return false
	}
	p.WriteTo(w)
	header := w.Header()
	delete(header, "Content-Type") // of the body that is not sent
	delete(header, "Content-Length")
	delete(header, "Content-Encoding")
	w.WriteHeader(http.StatusNotModified)
	return true
}

// isConditional reports whether conditions of the request count (RFC 9110
// §13.2.1).
func (p *Parts) isConditional(r *http.Request, status int) bool {
	return p.etag != "" && status/100 == 2 && isRead(r)
}

// isRead reports whether a request asks for no more than an answer.
func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// isGiven reports whether there is anything in the lines of a field.
func isGiven(lines []string) bool {
	for _, line := range lines {
		if trimSpace(line) != "" {
			return true
		}
	}
	return false
}

// matches reports whether a tag is one of those in the lines of a field of the
// header. A weak tag is never strongly the same (RFC 9110 §8.8.3.2).
func matches(lines []string, tag string, strong bool) bool {
	for _, line := range lines {
		for rest := trimSpace(line); rest != ""; rest = trimSpace(rest) {
			if rest[0] == ',' {
				rest = rest[1:]
				continue
			}
			if rest[0] == '*' {
				return tag != ""
			}
			var given string
			if given, rest = cutTag(rest); given == "" {
				break // and the rest of the line is not to be understood
			}
			weak := strings.HasPrefix(given, "W/") || strings.HasPrefix(tag, "W/")
			if strings.TrimPrefix(given, "W/") == strings.TrimPrefix(tag, "W/") && !(strong && weak) {
				return true
			}
		}
	}
	return false
}

// cutTag cuts an entity tag off a list. It is empty if there is none.
func cutTag(list string) (tag, rest string) {
	opaque := strings.TrimPrefix(list, "W/")
	if !strings.HasPrefix(opaque, `"`) {
		return "", ""
	}
	end := strings.IndexByte(opaque[1:], '"')
	if end < 0 {
		return "", ""
	}
	n := len(list) - len(opaque) + end + 2
	return list[:n], list[n:]
}

// Preconditions are what the request wants to be so before anything is done: a
// parameter for handlers that change something, against lost updates.
//
//	func Save(conditions runtime.Preconditions, id int64, page runtime.JSON[Page]) (runtime.ETag, error) {
//		if err := conditions.Check(load(id).tag); err != nil {
//			return "", err
//		}
//		…
//	}
//
// Only the client's word is in it: that nothing changes between the check and
// the change is for the handler to see to. If-None-Match of GET and HEAD is not
// in it, for which 412 would be wrong (RFC 9110 §13.2.2): the ETag of the answer
// makes it 304.
type Preconditions struct{ match, noneMatch []string }

// ReadPreconditions returns the preconditions of a request.
func ReadPreconditions(r *http.Request) Preconditions {
	p := Preconditions{match: r.Header["If-Match"]}
	if !isRead(r) {
		p.noneMatch = r.Header["If-None-Match"]
	}
	return p
}

// Given reports whether the request has any. A handler that insists on them
// answers 428 without ([http.StatusPreconditionRequired]).
func (p Preconditions) Given() bool { return isGiven(p.match) || isGiven(p.noneMatch) }

// Check returns an error with status 412 unless the request may go on, when
// current is the tag of what is there now, or empty if nothing is. If-Match
// wants it to be one of those given, or anything (*); If-None-Match wants it to
// be none of those given, or nothing (*), so that only what is not there yet is
// made.
func (p Preconditions) Check(current ETag) error {
	tag := ""
	if current != "" {
		var err error
		if tag, err = current.field(); err != nil {
			return err
		}
	}
	if isGiven(p.match) && !matches(p.match, tag, true) || matches(p.noneMatch, tag, false) {
		return errPrecondition
	}
	return nil
}
