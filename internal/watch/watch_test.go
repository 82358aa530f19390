package watch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what has to come.
const patience = time.Minute

// A tester watches a directory of its own.
type tester struct {
	*testing.T
	*Watcher
	dir      string
	warnings []error
}

func newTester(t *testing.T, poll bool) *tester {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tt := &tester{T: t, dir: dir}
	tt.write("a/a.go", "1")
	tt.write("go.mod", "1")
	tt.write("skipped/skipped.go", "1")
	tt.write("above.work", "1")
	tt.Watcher, err = New(Config{
		Poll: poll,
		Warn: func(err error) { tt.warnings = append(tt.warnings, err) },
		Places: func() (Places, error) {
			return Places{
				Trees:  []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")},
				Files:  []string{filepath.Join(dir, "go.mod")},
				Skips:  func(dir string, _ []fs.DirEntry) bool { return filepath.Base(dir) == "skipped" },
				Counts: func(name string) bool { return strings.HasSuffix(name, ".go") },
			}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tt.Close(); err != nil {
			t.Error(err)
		}
	})
	return tt
}

func (t *tester) write(name, text string) {
	t.Helper()
	path := filepath.Join(t.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (t *tester) rename(from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(t.dir, from), filepath.Join(t.dir, to)); err != nil {
		t.Fatal(err)
	}
}

// wants waits until all of these files, and no others, have been told of. A
// change may be told in parts, and one of several steps more than once.
func (t *tester) wants(names ...string) {
	t.Helper()
	slices.Sort(names)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var got []string
	for !slices.Equal(got, names) {
		changed, err := t.Next(ctx)
		if err != nil {
			t.Fatalf("told of %q, want %q: %v", got, names, err)
		}
		for _, path := range changed {
			name, err := filepath.Rel(t.dir, path)
			if err != nil {
				t.Fatal(err)
			}
			name = filepath.ToSlash(name)
			if !slices.Contains(names, name) {
				t.Fatalf("told of %s, want %q", name, names)
			}
			got = append(got, name)
		}
		slices.Sort(got)
		got = slices.Compact(got)
	}
}

// eachWay runs a test with the operating system's help and without.
func eachWay(t *testing.T, test func(*tester)) {
	for name, poll := range map[string]bool{"told": false, "looking": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newTester(t, poll))
		})
	}
}

func TestChanges(t *testing.T) {
	eachWay(t, func(t *tester) {
		t.write("a/a.go", "22")
		t.wants("a/a.go")

		// As editors save: the file is replaced by another.
		t.write("a/.a.go.tmp", "333")
		t.rename("a/.a.go.tmp", "a/a.go")
		t.wants("a/a.go")

		t.write("a/new.go", "")
		t.wants("a/new.go")
		t.rename("a/new.go", "a/other.go")
		t.wants("a/new.go", "a/other.go")
		if err := os.Remove(filepath.Join(t.dir, "a", "other.go")); err != nil {
			t.Fatal(err)
		}
		t.wants("a/other.go")

		// Of the directory of a single file nothing else counts.
		t.write("above.go", "1")
		t.write("a/notes.txt", "1")
		t.write("skipped/skipped.go", "22")
		t.write("go.mod", "22")
		t.wants("go.mod")
	})
}

func TestDirectories(t *testing.T) {
	eachWay(t, func(t *tester) {
		// What is in a new directory counts, those below it too.
		t.write("a/b/c/c.go", "1")
		t.write("a/b/b.go", "1")
		t.write("a/skipped/skipped.go", "1")
		t.wants("a/b/b.go", "a/b/c/c.go")
		t.write("a/b/c/c.go", "22")
		t.wants("a/b/c/c.go")

		t.rename("a/b", "a/d")
		t.wants("a/b/b.go", "a/b/c/c.go", "a/d/b.go", "a/d/c/c.go")
		t.write("a/d/c/c.go", "333")
		t.wants("a/d/c/c.go")

		// Gone, and another of the same name in its place.
		if err := os.RemoveAll(filepath.Join(t.dir, "a", "d")); err != nil {
			t.Fatal(err)
		}
		t.wants("a/d/b.go", "a/d/c/c.go")
		t.write("a/d/c/c.go", "1")
		t.wants("a/d/c/c.go")
		t.write("a/d/c/c.go", "22")
		t.wants("a/d/c/c.go")
	})
}

// TestLimit wants a watcher to go on without the operating system once that
// refuses a directory.
func TestLimit(t *testing.T) {
	w := newTester(t, false)
	if err := w.system.Close(); err != nil {
		t.Fatal(err)
	}
	w.write("a/b/b.go", "1")
	w.wants("a/b/b.go")
	if len(w.warnings) != 1 || w.system != nil {
		t.Errorf("%d warnings, want 1: %v", len(w.warnings), errors.Join(w.warnings...))
	}
	w.write("a/b/b.go", "22")
	w.wants("a/b/b.go")
}

// TestEnd wants waiting to end with its context.
func TestEnd(t *testing.T) {
	eachWay(t, func(t *tester) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if changed, err := t.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Next = %q, %v, want %v", changed, err, context.Canceled)
		}
	})
}
