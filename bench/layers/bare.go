package layers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/handlergen/handlergen/bench/endpoints"
	"github.com/handlergen/handlergen/contrib/jwt"
)

// The bare handlers do as little as a handler can: what a layer around them
// takes is to be seen. They share the values of their fields.
var (
	// Text answers with a few bytes.
	Text = answer([]string{"text/plain; charset=utf-8"}, []byte("pong"), false)

	// Read reads the body first.
	Read = answer([]string{"text/plain; charset=utf-8"}, []byte("pong"), true)

	// Page answers with 4 KB that can be compressed.
	Page = answer([]string{"application/json"}, page, false)

	// Decode decodes the body and answers with it.
	Decode = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var list []person
		if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		_ = json.NewEncoder(w).Encode(list)
	})
)

// A person is one of a list of 1 KB.
type person struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	Active bool   `json:"active"`
}

var list = []byte(`[` + strings.Repeat(`{"id":4711,"name":"Ada Lovelace","email":"ada@example.com","active":true},`, 13) + `{}]`)

var page = []byte(`[` + strings.Repeat(`{"id":4711,"name":"Ada Lovelace","email":"ada@example.com","active":true},`, 54) + `{}]`)

func answer(contentType []string, body []byte, read bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if read {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
				return
			}
		}
		w.Header()["Content-Type"] = contentType
		_, _ = w.Write(body)
	})
}

// Requests returns the requests by name.
func Requests() map[string]endpoints.Request {
	get := func(name, value string) endpoints.Request {
		header := http.Header{"User-Agent": {"bench"}, "Accept": {"*/*"}}
		if name != "" {
			header[name] = []string{value}
		}
		return endpoints.Request{Method: "GET", Target: "/ping", Header: header, Status: http.StatusOK}
	}
	signed, err := jwt.Sign(key, jwt.RegisteredClaims{Subject: User, ExpiresAt: jwt.At(time.Now().Add(24 * time.Hour))})
	if err != nil {
		panic(err)
	}
	user := endpoints.Request{Method: "GET", Target: "/"}.New()
	user.SetBasicAuth(User, Password)
	return map[string]endpoints.Request{
		"text":   get("", ""),
		"gzip":   get("Accept-Encoding", "gzip"),
		"origin": get("Origin", "https://example.com"),
		"token":  get("Authorization", "Bearer "+Token),
		"jwt":    get("Authorization", "Bearer "+signed),
		"user":   get("Authorization", user.Header.Get("Authorization")),
		"body": {
			Method: "POST", Target: "/ping", Status: http.StatusOK,
			ContentType: "text/plain", Body: bytes.Repeat([]byte("x"), 1<<10),
		},
		"json": {Method: "POST", Target: "/ping", Status: http.StatusOK, ContentType: "application/json", Body: list},
	}
}
