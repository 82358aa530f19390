package runtime

import (
	"net/http"
	"strings"
)

// ReadBearer returns the token of the Authorization header (RFC 6750 §2.1). The
// error has status 401, and is [ErrAbsent] if there is no such header.
func ReadBearer(in *Input) (Bearer, error) {
	lines := in.r.Header["Authorization"]
	if len(lines) == 0 || lines[0] == "" {
		return "", unauthorized("Bearer", "credentials are missing", ErrAbsent)
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", unauthorized("Bearer", "a bearer token is required", nil)
	}
	token = strings.Trim(token, " ")
	if len(lines) > 1 || !isBearerToken(token) {
		return "", unauthorized(`Bearer error="invalid_token"`, "the bearer token is malformed", nil)
	}
	return Bearer(token), nil
}

// ReadBasicAuth returns the user and password of the Authorization header, as
// [http.Request.BasicAuth] reads it. The error has status 401, and is
// [ErrAbsent] if there is no such header.
//
// [http.Request.BasicAuth]: https://pkg.go.dev/net/http#Request.BasicAuth
func ReadBasicAuth(in *Input) (BasicAuth, error) {
	const challenge = `Basic realm="restricted", charset="UTF-8"`
	if lines := in.r.Header["Authorization"]; len(lines) == 0 || lines[0] == "" {
		return BasicAuth{}, unauthorized(challenge, "credentials are missing", ErrAbsent)
	}
	username, password, ok := in.r.BasicAuth()
	if !ok {
		return BasicAuth{}, unauthorized(challenge, "user and password are required", nil)
	}
	return BasicAuth{Username: username, Password: password}, nil
}

func unauthorized(challenge, detail string, cause error) error {
	return &Rejection{
		status:    http.StatusUnauthorized,
		detail:    detail,
		challenge: challenge,
		cause:     cause,
	}
}

// isBearerToken reports whether s is a b64token (RFC 6750 §2.1).
func isBearerToken(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		if c := s[i]; !isAlphanum(c) && strings.IndexByte("-._~+/", c) < 0 {
			return false
		}
	}
	return s != ""
}
