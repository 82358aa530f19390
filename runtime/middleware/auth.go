package middleware

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// ErrUnauthorized is what the check of [BasicAuth] or [BearerAuth] returns for
// credentials that are wrong. Its status is 401.
var ErrUnauthorized = runtime.Errorf(http.StatusUnauthorized, "the credentials are wrong")

// User is the name of who sent a request, for checks that know no more: those of
// [Passwords] and [Tokens]. Handlers get it with a parameter of type
// runtime.Extension[middleware.User].
type User string

// Passwords returns a check for [BasicAuth] of users and their passwords, which
// it compares in constant time. It panics if a password is empty or a user has a
// colon, which RFC 7617 does not allow. It is for the two or three that a config
// has; for more, keep hashes and write a check.
func Passwords(users map[string]string) func(r *http.Request, username, password string) (User, error) {
	known := make([]secret, 0, len(users))
	for name, password := range users {
		if strings.Contains(name, ":") {
			panic(fmt.Sprintf("middleware: Passwords with the user %q, which has a colon", name))
		}
		known = append(known, newSecret("Passwords", name, password, name, ":", password))
	}
	return func(_ *http.Request, username, password string) (User, error) {
		return find(known, username, ":", password)
	}
}

// Tokens returns a check for [BearerAuth] of tokens and the names of those whom
// they belong to. It compares them in constant time, and panics if one is empty.
func Tokens(tokens map[string]string) func(r *http.Request, token string) (User, error) {
	known := make([]secret, 0, len(tokens))
	for token, name := range tokens {
		known = append(known, newSecret("Tokens", name, token, token))
	}
	return func(_ *http.Request, token string) (User, error) { return find(known, token) }
}

// A secret is what a user sends. Hashes have one length, which tells nothing.
type secret struct {
	user User
	sum  [sha256.Size]byte
}

func newSecret(of, name, text string, sent ...string) secret {
	if text == "" {
		panic("middleware: " + of + " with an empty secret of " + name)
	}
	return secret{User(name), hash(sent)}
}

// hash returns the hash of some texts, one after the other.
func hash(texts []string) [sha256.Size]byte {
	var room [128]byte
	all := room[:0]
	for _, text := range texts {
		all = append(all, text...)
	}
	return sha256.Sum256(all)
}

// find looks at all that is known, wherever it finds something.
func find(known []secret, sent ...string) (User, error) {
	sum := hash(sent)
	found := -1
	for i := range known {
		equal := subtle.ConstantTimeCompare(known[i].sum[:], sum[:])
		found = subtle.ConstantTimeSelect(equal, i, found)
	}
	if found < 0 {
		return "", ErrUnauthorized
	}
	return known[found].user, nil
}

// authorize serves r for whom a check has found, or answers with the check's
// error.
func authorize[T any](next http.Handler, w http.ResponseWriter, r *http.Request, identity T, err error, challenge []string) {
	if err == nil {
		serveChanged(next, w, r, runtime.WithExtension(r, identity))
		return
	}
	if runtime.StatusOf(err) == http.StatusUnauthorized {
		w.Header()["Www-Authenticate"] = challenge
	}
	runtime.RenderError(w, r, err)
}
