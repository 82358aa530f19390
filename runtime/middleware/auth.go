package middleware

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

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
// it compares in constant time. It panics if a password is empty. It is for the
// two or three that a config has; for more, keep hashes and write a check.
func Passwords(users map[string]string) func(r *http.Request, username, password string) (User, error) {
	known := make([]secret, 0, len(users))
	for name, password := range users {
		known = append(known, newSecret("Passwords", name, password))
	}
	return func(_ *http.Request, username, password string) (User, error) {
		name, sum := sha256.Sum256([]byte(username)), sha256.Sum256([]byte(password))
		return find(known, func(s *secret) int {
			return subtle.ConstantTimeCompare(s.name[:], name[:]) & subtle.ConstantTimeCompare(s.text[:], sum[:])
		})
	}
}

// Tokens returns a check for [BearerAuth] of tokens and the names of those whom
// they belong to. It compares them in constant time, and panics if one is empty.
func Tokens(tokens map[string]string) func(r *http.Request, token string) (User, error) {
	known := make([]secret, 0, len(tokens))
	for token, name := range tokens {
		known = append(known, newSecret("Tokens", name, token))
	}
	return func(_ *http.Request, token string) (User, error) {
		sum := sha256.Sum256([]byte(token))
		return find(known, func(s *secret) int { return subtle.ConstantTimeCompare(s.text[:], sum[:]) })
	}
}

// A secret is what a user knows. Hashes have one length, which tells nothing.
type secret struct {
	user User
	name [sha256.Size]byte
	text [sha256.Size]byte
}

func newSecret(of, name, text string) secret {
	if text == "" {
		panic("middleware: " + of + " with an empty secret of " + name)
	}
	return secret{User(name), sha256.Sum256([]byte(name)), sha256.Sum256([]byte(text))}
}

// find looks at all that is known, wherever it finds something.
func find(known []secret, equal func(*secret) int) (User, error) {
	found := -1
	for i := range known {
		found = subtle.ConstantTimeSelect(equal(&known[i]), i, found)
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
