package parse

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/handlergen/handlergen/internal/model"
)

// readDirectory searches the Go files of a directory. It returns nil if there are
// none.
func readDirectory(dir string, entries []fs.DirEntry) *directory {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	var d *directory
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || entry.IsDir() {
			continue
		}
		if d == nil {
			d = &directory{path: dir}
		}
		text, err := readInto(buffer, filepath.Join(dir, name))
		switch {
		case err == nil && isOutput(name, text):
			d.outputs = append(d.outputs, name)
		case err != nil || mayDirect(text): // what cannot be read is for the go command to report
			d.marked = append(d.marked, name)
			d.names = d.names || err == nil && bytes.Contains(text, []byte(toolWord+":openapi"))
		}
	}
	return d
}

// buffers holds buffers for files, which are read one after the other.
var buffers = sync.Pool{New: func() any { return new(make([]byte, 64<<10)) }}

// readInto reads a file into a buffer, which grows if it has to.
func readInto(buffer *[]byte, path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	length := 0
	for {
		n, err := file.Read((*buffer)[length:])
		length += n
		if err == io.EOF {
			return (*buffer)[:length], nil
		}
		if err != nil {
			return nil, err
		}
		if length == len(*buffer) {
			*buffer = append(*buffer, make([]byte, length)...)
		}
	}
}

// isOutput reports whether a file is one that handlergen wrote, by its name and
// first line. An empty one is what is left of an interrupted write of others.
func isOutput(name string, text []byte) bool {
	if name != model.File && name != model.TestFile {
		return false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return len(text) == 0 || string(bytes.TrimSuffix(line, []byte("\r"))) == model.Header
}

// mayDirect reports whether a file may have directives, or comments that were
// meant to be. It errs on the side of yes.
func mayDirect(text []byte) bool {
	for {
		at := bytes.Index(text, []byte("andler"))
		if at < 0 {
			return false
		}
		before, after := text[:at], text[at+len("andler"):]
		if at > 0 && len(after) > 3 && isTool(string(text[at-1:at+len("andlergen")])) {
			if after := after[len("gen"):]; followsColon(after) || followsVerb(before[:at-1], after) {
				return true
			}
		}
		text = after
	}
}

// followsColon reports whether the tool's name is followed by a colon.
func followsColon(after []byte) bool {
	after = bytes.TrimLeft(after, " \t")
	return len(after) > 0 && after[0] == ':'
}

// followsVerb reports whether the tool's name starts a comment and is followed
// by what may be a verb: "//handlergen route", "//@handlergen.route".
func followsVerb(before, after []byte) bool {
	word := bytes.TrimLeft(after, " \t.-")
	before = bytes.TrimSuffix(bytes.TrimRight(before, " \t*+@!:"), []byte("go"))
	if len(word) == len(after) || len(word) == 0 || len(before) > 0 && before[len(before)-1] != '/' && before[len(before)-1] != '\n' {
		return false
	}
	end := bytes.IndexAny(word, " \t\r\n*")
	if end < 0 {
		end = len(word)
	}
	_, ok := nearestVerb(string(word[:end]))
	return ok
}
