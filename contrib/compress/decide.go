package compress

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A moment is when a writer has to decide.
type moment int

const (
	early moment = iota // it may wait for more of the body
	flush               // it may not, and nobody knows how much more there is
	end                 // it may not, and the body is complete
)

// A verdict says what is to be done with a body.
type verdict int

const (
	wait verdict = iota // see more of it
	unfit
	fit // to be encoded, for those who want that
)

// decide settles how the body goes, if that can be told, and sends the head on
// its way. It is given what there is of the body.
func (w *writer) decide(start []byte, at moment) {
	header := w.Header()
	if w.head != nil {
		late := maps.Clone(header)
		clear(header)
		maps.Copy(header, w.head)
		defer w.changeLate(late)
	}
	w.choose(header, start, at)
	if w.mode == open && w.head == nil && w.status != 0 {
		w.head = header.Clone()
	}
}

// changeLate does what the handler has done to the header after it had begun to
// answer: it is too late for the head, but not for trailers.
func (w *writer) changeLate(late http.Header) {
	header := w.Header()
	for name, lines := range late {
		if !slices.Equal(lines, w.head[name]) {
			header[name] = lines
		}
	}
}

func (w *writer) choose(header http.Header, start []byte, at moment) {
	switch w.judge(start, at) {
	case wait:
	case unfit:
		w.describe(header)
		w.sendPlain(w.sizeOf(start, at))
	case fit:
		addVary(header)
		if w.encoder == nil {
			w.sendPlain(w.sizeOf(start, at))
			return
		}
		if _, typed := header["Content-Type"]; !typed && len(start) > 0 {
			header.Set("Content-Type", http.DetectContentType(start)) // net/http does not look at what is encoded
		}
		w.sendEncoded()
	}
}

// judge says what is to be done with a body of which there is start.
func (w *writer) judge(start []byte, at moment) verdict {
	header := w.Header()
	size, minSize := w.sizeOf(start, at), w.layer.minSize
	if !mayEncode(cmp.Or(w.status, http.StatusOK), header) || size != unknown && size < minSize {
		return unfit
	}
	contentType, typed := field(header, "Content-Type")
	if !typed {
		if at == early && (len(start) == 0 || w.encoder != nil && len(start) < sniffLength) {
			return wait
		}
		if len(start) > 0 {
			contentType = http.DetectContentType(start)
		}
	}
	if !w.layer.wants(contentType) {
		return unfit
	}
	switch {
	case size != unknown:
		return fit
	case at == end:
		return unfit // of a HEAD whose handler does not tell
	case at == early && w.encoder != nil && int64(len(start)) < minSize && header["Trailer"] == nil:
		return wait
	}
	return fit
}

// sniffLength is how much of a body tells its type.
const sniffLength = 512

// mayEncode reports whether there is a body that may be encoded at all.
func mayEncode(status int, header http.Header) bool {
	switch {
	case status < 200, status == http.StatusNoContent, status == http.StatusNotModified:
		return false
	case status == http.StatusPartialContent, len(header["Content-Range"]) > 0:
		return false
	case len(header["Content-Encoding"]) > 0:
		return false
	}
	return !lists(header["Cache-Control"], "no-transform")
}

// unknown is a size that nobody has told.
const unknown = -1

// sizeOf returns the size of a plain body of which there is start.
func (w *writer) sizeOf(start []byte, at moment) int64 {
	if at == end && (w.request.Method != http.MethodHead || len(start) > 0) {
		return int64(len(start))
	}
	return declared(w.Header())
}

// declared returns the size of which the handler says that its body has it.
func declared(header http.Header) int64 {
	length, set := field(header, "Content-Length")
	if !set {
		return unknown
	}
	size, err := strconv.ParseInt(length, 10, 64)
	if err != nil || size < 0 {
		return unknown
	}
	return size
}

// describe adds to the head of an answer that stands for a whole body, or for a
// part of it, what the head of that would have had (RFC 9110 §15.3.7, §15.4.5).
func (w *writer) describe(header http.Header) {
	contentType, _ := field(header, "Content-Type")
	if w.status != http.StatusNotModified && w.status != http.StatusPartialContent || !w.layer.wants(contentType) {
		return
	}
	addVary(header)
	if w.status == http.StatusNotModified && w.encoder != nil {
		weakenETag(header)
	}
}

// addVary says that the answer depends on Accept-Encoding.
func addVary(header http.Header) {
	if vary := header["Vary"]; !lists(vary, "Accept-Encoding") && !lists(vary, "*") {
		header.Add("Vary", "Accept-Encoding")
	}
}

// weakenETag makes the tag of one sequence of bytes a tag of all that mean the
// same.
func weakenETag(header http.Header) {
	if tag, _ := field(header, "Etag"); strings.HasPrefix(tag, `"`) {
		header.Set("Etag", "W/"+tag)
	}
}

// field returns the first line of a field, and whether it is there, if only to
// keep net/http from setting it.
func field(header http.Header, name string) (value string, set bool) {
	lines, set := header[name]
	if len(lines) > 0 {
		value = lines[0]
	}
	return value, set
}

// lists reports whether a field that is a list has that member.
func lists(lines []string, member string) bool {
	for _, line := range lines {
		for m := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(m), member) {
				return true
			}
		}
	}
	return false
}
