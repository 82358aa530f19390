package diag

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample is a list with everything that a diagnostic can have.
func sample(dir string) List {
	orders, gone := filepath.Join(dir, "shop", "orders.go"), filepath.Join(dir, "shop", "gone, 50%.go")
	at := func(file string, line, column int) token.Position {
		return token.Position{Filename: file, Line: line, Column: column}
	}
	return List{
		{
			Code: TwoBodies, Pos: at(orders, 4, 40), End: at(orders, 4, 55),
			Message: "meta reads the request body, which größe has already read",
			Related: []Related{{Pos: at(orders, 4, 11), Message: "größe reads it here"}},
			Hint:    "put both in one struct:\ntype Both struct {\n\tOrder Order\n}",
		},
		{Code: BadTag, Pos: at(orders, 3, 1), End: at(orders, 4, 3), Message: "over two lines"},
		{Code: BadTag, Pos: at(gone, 2, 3), End: at(gone, 2, 9), Message: "100% <gone>"},
		{Code: LoadError, Pos: token.Position{Filename: dir}, Message: "a whole directory"},
		{Code: LoadError, Pos: at(filepath.Dir(dir)+"/else.go", 1, 1), Message: "elsewhere"},
		{Code: LoadError, Message: "nowhere"},
	}
}

func TestWrite(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	list := sample(dir)
	for _, test := range []struct {
		golden string
		write  func(io.Writer)
	}{
		{"text.golden", func(w io.Writer) { list.WriteText(w, TextOptions{Dir: dir}) }},
		{"color.golden", func(w io.Writer) { list.WriteText(w, TextOptions{Dir: dir, Color: true}) }},
		{"json.golden", func(w io.Writer) { list.WriteJSON(w, dir) }},
		{"sarif.golden", func(w io.Writer) { list.WriteSARIF(w, dir, "v1.2.3") }},
		{"sarif_empty.golden", func(w io.Writer) { List(nil).WriteSARIF(w, dir, "") }},
		{"github.golden", func(w io.Writer) { list.WriteGitHub(w, dir) }},
	} {
		t.Run(test.golden, func(t *testing.T) {
			var got bytes.Buffer
			test.write(&got)
			text := strings.ReplaceAll(got.String(), filepath.ToSlash(filepath.Dir(dir)), "/repo")
			golden := filepath.Join("testdata", test.golden)
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("output differs from %s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

func TestRelative(t *testing.T) {
	for _, test := range []struct{ path, dir, want string }{
		{"/home/me/shop/a.go", "/home/me", "shop/a.go"},
		{"/home/me/shop/a.go", "/home/me/shop/cart", "../a.go"},
		{"/usr/lib/a.go", "/home/me/projects/shop", "/usr/lib/a.go"},
		{"/home/me", "/home/me", "."},
		{"/home/me/a.go", "", "/home/me/a.go"},
		{"a.go", "/home/me", "a.go"},
	} {
		got := filepath.ToSlash(relative(filepath.FromSlash(test.path), filepath.FromSlash(test.dir)))
		if got != test.want {
			t.Errorf("relative(%q, %q) = %q, want %q", test.path, test.dir, got, test.want)
		}
	}
}

func TestRegion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.go")
	if err := os.WriteFile(file, []byte("\ufeffpackage a\r\nvar ä, 𝄞, x = 1\xff, 2\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) token.Position {
		return token.Position{Filename: file, Line: line, Column: column}
	}
	none := token.Position{}
	for _, test := range []struct {
		from, to token.Position
		want     region
	}{
		{at(1, 4), at(1, 11), region{1, 1, 1, 8}},    // a BOM is no column
		{at(2, 5), at(2, 7), region{2, 5, 2, 6}},     // ä: two bytes, one unit
		{at(2, 9), at(2, 13), region{2, 8, 2, 10}},   // 𝄞: four bytes, two units
		{at(2, 15), none, region{2, 12, 0, 0}},       // no end
		{at(2, 15), at(2, 14), region{2, 12, 0, 0}},  // an end before the start
		{at(2, 21), at(2, 24), region{2, 18, 2, 21}}, // what is not UTF-8 counts by byte
		{at(2, 99), at(2, 100), region{2, 0, 2, 0}},  // the file has changed
		{at(9, 1), at(9, 2), region{9, 0, 9, 0}},     // the same
		{at(2, 15), at(2, 99), region{2, 12, 0, 0}},  // the same
		{at(1, 4), at(2, 3), region{1, 1, 2, 3}},     // over two lines
		{at(0, 0), none, region{0, 0, 0, 0}},         // a whole file
		{at(2, 0), none, region{2, 0, 0, 0}},         // a whole line
		{at(2, 1), at(2, 1), region{2, 1, 2, 1}},     // nothing at all
		{at(2, 24), at(2, 24), region{2, 21, 2, 21}}, // the end of a line
		{at(3, 1), at(3, 1), region{3, 1, 3, 1}},     // the end of the file
		{none, none, region{0, 0, 0, 0}},             // nowhere
		{at(2, -1), at(2, -1), region{2, 0, 2, 0}},   // nonsense
		{at(-1, 1), at(-1, 1), region{-1, 0, -1, 0}}, // nonsense
		{at(1, 2), at(1, 3), region{1, 2, 1, 3}},     // inside a BOM
		{at(2, 6), at(2, 7), region{2, 6, 2, 6}},     // inside a rune
	} {
		if got := (sources{}).region(test.from, test.to); got != test.want {
			t.Errorf("region(%v, %v) = %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("a.go", "message", "related", "hint", 1, 2)
	f.Add("a\nb,:%.go", "two\nlines\r\n\x1b[31m", "\u2028\u2029", "hint\n\nwith \"lines\"\n", -1, 1<<30)
	f.Add("\xff\xfe", "\xff", "::error::", "%0A", 0, 0)
	f.Fuzz(func(t *testing.T, file, message, related, hint string, line, column int) {
		pos := token.Position{Filename: file, Line: line, Column: column}
		list := List{{
			Code: BadTag, Pos: pos, End: pos, Message: message, Hint: hint,
			Related: []Related{{Pos: pos, Message: related}},
		}}
		checkText(t, list)
		checkJSON(t, list)
		var out bytes.Buffer
		list.WriteGitHub(&out, "/dir")
		if n := strings.Count(out.String(), "\n"); n != 1 || strings.Contains(out.String(), "\r") {
			t.Errorf("WriteGitHub wrote %d lines: %q", n, out.String())
		}
		if !strings.HasPrefix(out.String(), "::error ") {
			t.Errorf("WriteGitHub wrote %q", out.String())
		}
		out.Reset()
		list.WriteSARIF(&out, "/dir", "v1")
		if !json.Valid(out.Bytes()) {
			t.Errorf("WriteSARIF wrote %s", out.Bytes())
		}
	})
}

// checkText checks that a diagnostic takes one line, and one for each line of
// its hint, and that nothing in it can steer a terminal.
func checkText(t *testing.T, list List) {
	var out bytes.Buffer
	list.WriteText(&out, TextOptions{Dir: "/dir"})
	want := 2
	if list[0].Hint != "" {
		want += 1 + strings.Count(strings.TrimSuffix(list[0].Hint, "\n"), "\n")
	}
	if got := strings.Count(out.String(), "\n"); got != want || strings.ContainsAny(out.String(), "\r\x1b\u2028") {
		t.Errorf("WriteText wrote %d lines, want %d: %q", got, want, out.String())
	}
}

// checkJSON checks that a diagnostic is one line that keeps its texts.
func checkJSON(t *testing.T, list List) {
	var out bytes.Buffer
	list.WriteJSON(&out, "/dir")
	var got struct{ Message, Hint string }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("WriteJSON wrote %q: %v", out.Bytes(), err)
	}
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1 {
		t.Errorf("WriteJSON wrote %d lines: %q", n, out.Bytes())
	}
	if want := strings.ToValidUTF8(list[0].Message, "\ufffd"); strings.ToValidUTF8(list[0].Message, "") == list[0].Message && got.Message != want {
		t.Errorf("WriteJSON wrote the message %q, want %q", got.Message, want)
	}
}
