package proof_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/proof"
)

const shop = `
openapi: 3.1.1
info: {title: shop, version: "1"}
paths:
  /items/{id}:
    put:
      operationId: put
      security: [{bearerAuth: []}]
      parameters:
        - {in: path, name: id, required: true, schema: {type: integer, minimum: 1, maximum: 9}}
        - {in: query, name: dry, schema: {type: boolean}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Item'}
      responses:
        "200":
          description: OK
          headers:
            X-Left: {required: true, schema: {type: integer}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Item'}
        4XX:
          description: a problem
          content:
            text/plain: {schema: {type: string}}
components:
  securitySchemes: {bearerAuth: {type: http, scheme: bearer}}
  schemas:
    Item:
      type: object
      properties:
        name: {type: string, minLength: 1}
      required: [name]
`

// serve is what the document describes.
func serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	query := r.URL.Query()
	status := 0
	switch id, dry := strings.TrimPrefix(r.URL.Path, "/items/"), query.Get("dry"); {
	case r.Header.Get("Authorization") != "Bearer t":
		status = 401
	case len(id) != 1 || id < "1" || id > "9", query.Has("dry") && dry != "true" && dry != "false":
		status = 400
	case r.Header.Get("Content-Type") != "application/json":
		status = 415
	case !strings.HasPrefix(string(body), `{"name":"`) || !strings.HasSuffix(string(body), `"}`), string(body) == `{"name":""}`:
		status = 422
	}
	if status > 0 {
		http.Error(w, "no", status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Left", "7")
	w.Write(body)
}

// problems collects what a proof reports.
type problems struct {
	*testing.T
	list []string
}

func (p *problems) Errorf(format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf(format, args...))
}

// TestProve wants what is right to be taken for right, and every way to go wrong
// to be found.
func TestProve(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(answer *httptest.ResponseRecorder, r *http.Request)
		want  string
	}{
		"right": {func(*httptest.ResponseRecorder, *http.Request) {}, ""},
		"another status": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { answer.Code = 302 },
			"the status 302 is not documented",
		},
		"another media type": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) {
				answer.Header().Set("Content-Type", "text/html")
			},
			`the Content-Type "text/html" is not documented`,
		},
		"another body": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) {
				answer.Body = bytes.NewBufferString(`{"name":1}`)
			},
			"at '/name': got number, want string",
		},
		"no body": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { answer.Body.Reset() },
			"EOF",
		},
		"a header of another type": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { answer.Header().Set("X-Left", "many") },
			"the header X-Left: ",
		},
		"a header is missing": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { answer.Header().Del("X-Left") },
			"the header X-Left is missing",
		},
		"refused what is allowed": {
			func(answer *httptest.ResponseRecorder, r *http.Request) {
				if r.URL.Path == "/items/9" {
					http.Error(anew(answer), "no", 400)
				}
			},
			"path id = 9: allowed is true, but the answer is 400",
		},
		"read what is forbidden": {
			func(answer *httptest.ResponseRecorder, r *http.Request) {
				if r.Header.Get("Authorization") == "" {
					r.Header.Set("Authorization", "Bearer t")
					serve(anew(answer), r)
				}
			},
			"no credentials: allowed is false, but the answer is 200",
		},
		"never succeeds": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { http.Error(anew(answer), "no", 404) },
			"requests succeeded",
		},
		"breaks off": {
			func(_ *httptest.ResponseRecorder, r *http.Request) {
				if r.URL.Path == "/items/9" {
					panic(http.ErrAbortHandler)
				}
			},
			"no answer",
		},
		"an error nobody plans": {
			func(answer *httptest.ResponseRecorder, _ *http.Request) { http.Error(anew(answer), "no", 500) },
			"the answer is 500",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := proof.Read([]byte(shop))
			if err != nil {
				t.Fatal(err)
			}
			found := &problems{T: t}
			sent := d.Prove(found, proof.Target{Name: "shop", Strict: true, Handler: func() http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					r.Body = io.NopCloser(bytes.NewReader(body))
					answer := httptest.NewRecorder()
					serve(answer, r)
					r.Body = io.NopCloser(bytes.NewReader(body))
					tt.spoil(answer, r)
					maps.Copy(w.Header(), answer.Header())
					w.WriteHeader(answer.Code)
					w.Write(answer.Body.Bytes())
				})
			}})
			if sent.Allowed < 10 || sent.Forbidden < 10 {
				t.Errorf("only %d allowed and %d forbidden requests were made", sent.Allowed, sent.Forbidden)
			}
			if got := strings.Join(found.list, "\n"); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("want %q, got\n%s", tt.want, got)
			}
		})
	}
}

// anew forgets an answer.
func anew(answer *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	*answer = *httptest.NewRecorder()
	return answer
}

// TestReadRefuses wants documents to be refused that are none.
func TestReadRefuses(t *testing.T) {
	for _, text := range []string{
		"a: [",
		strings.Replace(shop, "version", "revision", 1),
		strings.Replace(shop, "Item'", "Thing'", 1),
		strings.Replace(shop, "description: OK", "summary: OK", 1),
		strings.Replace(shop, "type: integer", "type: int", 1),
	} {
		if _, err := proof.Read([]byte(text)); err == nil {
			t.Errorf("the document is taken:\n%s", text)
		}
	}
}
