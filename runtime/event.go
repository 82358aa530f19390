package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Event is one message of an event stream ("server-sent events", the
// EventSource of the HTML standard, §9.2). Handlers return
// iter.Seq2[Event, error], iter.Seq[Event], <-chan Event or [EventStream].
//
// Data may have any lines: each way of ending one (CR, LF and CRLF) reaches
// clients as LF. An event whose Data is empty is a message with empty data,
// unless it has a Comment or a Retry and nothing else: that is not a message,
// and clients see nothing of it.
//
// A line break in Name, a control character in ID, which could not come back in a
// header, and a negative Retry cannot be sent: they are errors of the stream.
type Event struct {
	Name    string        // which listeners get it; empty for "message"
	ID      string        // what the client says it has seen last, when it comes again
	Data    string        // of any number of lines
	Comment string        // of any number of lines, which clients ignore
	Retry   time.Duration // how long the client waits before it comes again, in milliseconds; 0 for as before
}

// JSONEvent returns an event with that name whose data is v as JSON. The error is
// that of encoding/json.
func JSONEvent(name string, v any) (Event, error) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return Event{}, fmt.Errorf("encode the event: %w", err)
	}
	return Event{Name: name, Data: strings.TrimSuffix(data.String(), "\n")}, nil
}

// append appends the event as it is sent.
func (e Event) append(b []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return b, err
	}
	if e.Comment != "" {
		b = appendField(b, "", e.Comment)
	}
	if e.Name != "" {
		b = appendField(b, "event", e.Name)
	}
	if e.ID != "" {
		b = appendField(b, "id", e.ID)
	}
	if e.Retry > 0 {
		b = append(b, "retry: "...)
		b = strconv.AppendInt(b, max(1, e.Retry.Milliseconds()), 10)
		b = append(b, '\n')
	}
	if e.isMessage() {
		b = appendField(b, "data", e.Data)
	}
	return append(b, '\n'), nil
}

// check reports what the client would take for something else, or could not say
// when it comes again.
func (e Event) check() error {
	switch {
	case strings.ContainsAny(e.Name, "\r\n"):
		return fmt.Errorf("the event name %q has a line break", e.Name)
	case strings.ContainsFunc(e.ID, isControl):
		return fmt.Errorf("the event ID %q has a control character", e.ID)
	case e.Retry < 0:
		return errors.New("the event has a negative retry")
	}
	return nil
}

// isControl reports whether a field of a header cannot have a character (RFC 9110
// §5.5).
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isMessage reports whether the client is to get a message.
func (e Event) isMessage() bool {
	return e.Data != "" || e.Name != "" || e.ID != "" || e.Comment == "" && e.Retry == 0
}

// appendField appends a field with one line for each line of its text.
func appendField(b []byte, name, text string) []byte {
	for more := true; more; {
		var line string
		line, text, more = cutLine(text)
		b = append(b, name...)
		b = append(b, ':')
		if line != "" {
			b = append(b, ' ')
			b = append(b, line...)
		}
		b = append(b, '\n')
	}
	return b
}

// cutLine cuts the first line off a text, and reports whether there was an end
// to it: CR, LF or CRLF.
func cutLine(text string) (line, rest string, found bool) {
	end := strings.IndexByte(text, '\n')
	if end < 0 {
		end = len(text)
	}
	if cr := strings.IndexByte(text[:end], '\r'); cr >= 0 {
		end = cr
	}
	if end == len(text) {
		return text, "", false
	}
	line, rest = text[:end], text[end+1:]
	if text[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest, true
}
