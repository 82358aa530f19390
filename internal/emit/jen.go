package emit

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// This file holds everything peculiar about jennifer. A *jen.Statement changes
// when something is chained to it, so helpers make a new one at each call and
// nothing keeps one in a variable to use it twice.

const (
	lineWidth    = 100 // past it a call gets one argument per line
	tabWidth     = 4
	commentWidth = 80
)

// A file is the generated file as jennifer sees it.
type file struct{ jen *jen.File }

// newFile begins the file that the emitter writes.
func (e *emitter) newFile() *file {
	f := e.newJenFile()
	f.HeaderComment(model.Header)
	return &file{f}
}

// newJenFile makes a file that knows the name of each import, lest jennifer
// guess one.
func (e *emitter) newJenFile() *jen.File {
	f := jen.NewFilePathName(e.pkg.Path, e.pkg.Name)
	f.NoFormat = true
	for _, n := range e.imports {
		if n.alias {
			f.ImportAlias(n.path, n.name)
		} else {
			f.ImportName(n.path, n.name)
		}
	}
	return f
}

// add appends declarations, each after a blank line. What is nil is left out.
func (f *file) add(decls ...decl) {
	for _, d := range decls {
		if len(d) > 0 {
			f.jen.Line()
			f.jen.Add(lines(d))
		}
	}
}

// A decl is a declaration with its doc comment, in lines.
type decl []jen.Code

// lines puts each of some statements on a line of its own.
func lines(list []jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Multi: true}, list...)
}

// render prints and formats the file.
func (f *file) render() ([]byte, error) {
	var buf bytes.Buffer
	if err := f.jen.Render(&buf); err != nil {
		return nil, fmt.Errorf("render generated code: %w", err)
	}
	text := groupImports(buf.Bytes())
	formatted, err := format.Source(text)
	if err != nil {
		return nil, fmt.Errorf("format generated code: %w", excerpt(text, err))
	}
	return formatted, nil
}

// groupImports puts the imports of the standard library before the others, with
// an empty line between, as goimports does.
func groupImports(text []byte) []byte {
	before, rest, found := bytes.Cut(text, []byte("\nimport (\n"))
	if !found {
		return text
	}
	specs, after, _ := bytes.Cut(rest, []byte("\n)"))
	var std, others [][]byte
	for spec := range bytes.SplitSeq(specs, []byte("\n")) {
		_, path, _ := bytes.Cut(spec, []byte(`"`))
		if domain, _, _ := bytes.Cut(path, []byte("/")); bytes.Contains(domain, []byte(".")) {
			others = append(others, spec)
		} else {
			std = append(std, spec)
		}
	}
	groups := [][]byte{bytes.Join(std, []byte("\n")), bytes.Join(others, []byte("\n"))}
	return slices.Concat(before, []byte("\nimport (\n"), bytes.Join(groups, []byte("\n\n")), []byte("\n)"), after)
}

// excerpt adds the lines around a syntax error to it.
func excerpt(src []byte, err error) error {
	list, ok := errors.AsType[scanner.ErrorList](err)
	if !ok || len(list) == 0 {
		return err
	}
	all := strings.Split(string(src), "\n")
	first, last := max(list[0].Pos.Line-2, 0), min(list[0].Pos.Line+1, len(all))
	return fmt.Errorf("%w near\n%s", list[0], strings.Join(all[first:last], "\n"))
}

// qual refers to a declaration of another package, or of the user's own.
func (e *emitter) qual(path, pkgName, name string) *jen.Statement {
	e.use(path, pkgName)
	return jen.Qual(path, name)
}

// rt refers to the runtime.
func (e *emitter) rt(name string) *jen.Statement {
	return e.qual(model.RuntimePath, "runtime", name)
}

// std refers to the standard library.
func (e *emitter) std(path, name string) *jen.Statement {
	return e.qual(path, stdName(path), name)
}

// raw writes Go as it stands: a place such as "query.Value.Page", or a literal
// from the model. It must not name a package.
func raw(text string) *jen.Statement { return jen.Id(text) }

// quote writes a string literal, in backquotes where that spares escapes.
func quote(text string) *jen.Statement {
	if quoted := strconv.Quote(text); strconv.CanBackquote(text) && len(quoted) > len(text)+2 {
		return raw("`" + text + "`")
	}
	return raw(strconv.Quote(text))
}

// A caller writes a call.
type caller func(fn *jen.Statement, args ...jen.Code) *jen.Statement

// onOneLine and onManyLines are the two ways to write a call.
func onOneLine(fn *jen.Statement, args ...jen.Code) *jen.Statement { return fn.Call(args...) }

func onManyLines(fn *jen.Statement, args ...jen.Code) *jen.Statement {
	if len(args) == 0 {
		return fn.Call()
	}
	return fn.Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, args...)
}

// fit writes a line with calls in it so that it is not too long.
func (e *emitter) fit(line func(call caller) *jen.Statement) *jen.Statement {
	if !e.draft && e.width(line(onOneLine)) > lineWidth {
		return line(onManyLines)
	}
	return line(onOneLine)
}

// width returns the number of columns of a line in a function.
func (e *emitter) width(line *jen.Statement) int {
	var buf bytes.Buffer
	if err := line.RenderWithFile(&buf, e.scratch); err != nil {
		panic(fmt.Sprintf("emit: %v", err))
	}
	first, _, _ := strings.Cut(buf.String(), "\n")
	return tabWidth*(1+e.indent) + utf8.RuneCountInString(first)
}

// comment writes one line of a comment. What could end the line, or hide what
// stands in it, is escaped.
func comment(text string) jen.Code {
	return jen.Comment(strings.TrimRight("// "+visible(text), " "))
}

// visible escapes what is not to be seen, or must not be in a source file.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' || unicode.IsPrint(r) && r != utf8.RuneError {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// noBreak is a space at which doc does not wrap.
const noBreak = "\x00"

// doc writes a comment of one paragraph, wrapped.
func (*emitter) doc(format string, args ...any) []jen.Code {
	var list []jen.Code
	line := ""
	for word := range strings.FieldsSeq(fmt.Sprintf(format, args...)) {
		word = visible(strings.ReplaceAll(word, noBreak, " "))
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString("// "+line+" "+word) > commentWidth:
			list = append(list, comment(line))
			line = word
		default:
			line += " " + word
		}
	}
	return append(list, comment(line))
}
