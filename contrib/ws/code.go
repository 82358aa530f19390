package ws

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A Code says why a connection was closed (RFC 6455 §7.4). Those from 3000 to
// 3999 are for libraries, from 4000 to 4999 for applications.
type Code int

// The codes of the protocol.
const (
	Normal          Code = 1000 // the purpose is fulfilled
	GoingAway       Code = 1001 // the server ends, or the browser leaves the page
	ProtocolError   Code = 1002
	UnsupportedData Code = 1003 // a type of message that is not taken
	NoCode          Code = 1005 // the peer gave none; never sent
	Lost            Code = 1006 // the connection ended without a close; never sent
	InvalidData     Code = 1007 // a text that is not UTF-8, say
	PolicyViolation Code = 1008 // none of the others fits
	TooBig          Code = 1009 // a message that is too long
	InternalError   Code = 1011
	ServiceRestart  Code = 1012
	TryAgainLater   Code = 1013
)

// A CloseError is why a connection is at its end.
type CloseError struct {
	Code   Code
	Reason string // for people; may be empty
	ByPeer bool   // the peer closed it
	cause  error
}

// Error returns the code and the reason.
func (e *CloseError) Error() string {
	var b strings.Builder
	switch {
	case e.ByPeer:
		b.WriteString("WebSocket closed by the peer")
	case e.Code == Lost:
		b.WriteString("WebSocket lost")
	default:
		b.WriteString("WebSocket closed")
	}
	if e.Code != Lost {
		fmt.Fprintf(&b, " with %d", e.Code)
	}
	if e.Reason != "" {
		fmt.Fprintf(&b, ": %s", e.Reason)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap returns the error that the connection was lost with, or nil.
func (e *CloseError) Unwrap() error { return e.cause }

// orderly reports whether an end is one that is to be expected.
func (e *CloseError) orderly() bool {
	switch e.Code {
	case Normal, GoingAway:
		return true
	case NoCode:
		return e.ByPeer
	}
	return false
}

// sendable returns what a close frame can carry: a code that may be sent and a
// reason of at most 123 bytes of UTF-8 (RFC 6455 §5.5).
func (e *CloseError) sendable() (websocket.StatusCode, string) {
	code := e.Code
	isKnown := 1000 <= code && code <= 1014 && code != 1004 && code != NoCode && code != Lost
	if !isKnown && (code < 3000 || code > 4999) {
		code = InternalError
	}
	reason := strings.ToValidUTF8(e.Reason, "\uFFFD")
	for len(reason) > 123 {
		_, size := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-size]
	}
	return websocket.StatusCode(code), reason
}
