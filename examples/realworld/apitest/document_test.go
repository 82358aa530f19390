package apitest

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/handlergen/handlergen/internal/proof"
)

// A contract is the OpenAPI document of the application, as package proof reads
// it, and what was seen of it.
type contract struct {
	mu       sync.Mutex
	document *proof.Document
	seen     map[string]bool // "GET /api/articles 200"
}

const documentFile = "../conduit/openapi.yaml"

// document reads the document.
var document = sync.OnceValue(func() *contract {
	text, err := os.ReadFile(documentFile)
	if err != nil {
		panic(err)
	}
	d, err := proof.Read(text)
	if err != nil {
		panic(err)
	}
	return &contract{document: d, seen: map[string]bool{}}
})

// check holds an answer against the document, and returns what is wrong.
func (c *contract) check(asked *url.URL, a *answer) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	method := a.response.Request.Method
	path, known := c.path(asked)
	switch {
	case method == http.MethodOptions: // preflights are no operations
		return nil
	case !known && a.status == http.StatusNotFound:
		return nil
	case !known:
		return []string{"the path is not documented"}
	}
	o, ok := c.document.Operation(method, path)
	switch {
	case !ok && a.status == http.StatusMethodNotAllowed:
		return nil
	case !ok:
		return []string{"the method is not documented"}
	}
	c.seen[fmt.Sprintf("%s %s %d", o.Method, path, a.status)] = true
	return o.Undocumented(&proof.Answer{Response: a.response, Text: string(a.body)})
}

// path finds the template of a path: literal segments win over wildcards.
func (c *contract) path(asked *url.URL) (string, bool) {
	segments := strings.Split(asked.EscapedPath(), "/")
	best, score := "", -1
	for _, o := range c.document.Operations() {
		parts := strings.Split(o.Path, "/")
		if len(parts) != len(segments) {
			continue
		}
		literal := 0
		for i, part := range parts {
			switch {
			case part == segments[i]:
				literal++
			case !strings.HasPrefix(part, "{") || segments[i] == "":
				literal = -len(parts)
			}
		}
		if literal > score {
			best, score = o.Path, literal
		}
	}
	return best, score >= 0
}

// unseen lists the answers that the document promises and nobody got, apart from
// those of a server that breaks.
func (c *contract) unseen() (list []string) {
	for _, o := range c.document.Operations() {
		for _, status := range o.Statuses() {
			id := o.Method + " " + o.Path + " " + status
			if !c.seen[id] && status != "default" && status != "500" {
				list = append(list, id)
			}
		}
	}
	slices.Sort(list)
	return list
}
