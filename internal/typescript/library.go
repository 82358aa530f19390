package typescript

import (
	"embed"
	"fmt"
	"strings"
)

// lib has the parts of the library, a file each.
//
//go:embed lib/*.ts
var lib embed.FS

// A part is one file of the library.
type part struct {
	name  string // what it is for, mostly its function: "readJson"
	needs []string
}

// parts are those of the library as they follow each other in a client.
var parts = []part{
	{"options", nil},
	{"answer", nil},
	{"download", nil},
	{"serverEvent", []string{"options"}},
	{"bodyContent", nil},
	{"error", []string{"problem", "invalidRequest", "request", "parseJson"}},
	{"problem", nil},
	{"invalidRequest", nil},
	{"connection", []string{"options", "request", "error", "byteText"}},
	{"request", nil},
	{"toText", []string{"invalidRequest"}},
	{"texts", []string{"toText"}},
	{"segment", []string{"toText", "isUnclean"}},
	{"segments", []string{"toText", "isUnclean"}},
	{"isUnclean", nil},
	{"add", []string{"texts"}},
	{"addHeader", []string{"texts", "byteText", "request"}},
	{"addCookie", []string{"texts", "request"}},
	{"entries", []string{"texts"}},
	{"setJson", []string{"request", "writeJson"}},
	{"setLines", []string{"request", "writeJson"}},
	{"setText", []string{"request"}},
	{"setBytes", []string{"request", "bodyContent"}},
	{"multipart", []string{"request", "texts"}},
	{"writeJson", []string{"invalidRequest"}},
	{"toAnswer", []string{"answer"}},
	{"notModified", []string{"answer", "discard"}},
	{"readUnion", []string{"answer", "toAnswer", "readJson", "request", "error"}},
	{"readJson", []string{"readText", "parseJson"}},
	{"parseJson", nil},
	{"readText", nil},
	{"readBytes", nil},
	{"readForm", []string{"readText"}},
	{"discard", nil},
	{"toDownload", []string{"download"}},
	{"readEvents", []string{"serverEvent", "connection", "request", "readTextLines", "byteText", "error"}},
	{"readLines", []string{"readTextLines", "parseJson"}},
	{"readTextLines", nil},
	{"byteText", nil},
}

// use notes that the client needs parts of the library.
func (w *writer) use(names ...string) {
	for _, name := range names {
		if w.uses[name] {
			continue
		}
		w.uses[name] = true
		w.use(partOf(name).needs...)
	}
}

func partOf(name string) part {
	for _, p := range parts {
		if p.name == name {
			return p
		}
	}
	panic(fmt.Sprintf("typescript: no part of the library is called %s", name))
}

// library writes the parts that the client needs.
func (w *writer) library() {
	for _, p := range parts {
		if !w.uses[p.name] {
			continue
		}
		file := p.name
		if file == "parseJson" && w.cfg.Int64 == "bigint" {
			file = "parseJsonBigint"
		}
		text, err := lib.ReadFile("lib/" + file + ".ts")
		if err != nil {
			panic(err)
		}
		w.print.line("")
		w.print.line(strings.TrimSpace(string(text)))
	}
}
