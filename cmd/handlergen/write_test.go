package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
)

// text is the content of a generated file of some version.
func text(version string) string {
	return model.Header + "\n\npackage p // " + version + "\n"
}

// plant writes files below a new directory and returns it.
func plant(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// harvest reads all files below a directory.
func harvest(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWrite(t *testing.T) {
	dir := plant(t, map[string]string{
		"stale/handlers_gen.go":  text("old"),
		"fresh/handlers_gen.go":  text("new"),
		"orphan/handlers_gen.go": text("old"),
		"missing/handlers.go":    "package p\n",
	})
	at := func(name string) string { return filepath.Join(dir, name, model.File) }
	files := []generate.File{
		{Path: at("fresh"), Old: []byte(text("new")), New: []byte(text("new"))},
		{Path: at("missing"), New: []byte(text("new"))},
		{Path: at("orphan"), Old: []byte(text("old"))},
		{Path: at("stale"), Old: []byte(text("old")), New: []byte(text("new"))},
	}
	done, err := writeFiles(t.Context(), osDisk{}, files)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range done {
		names = append(names, filepath.Base(filepath.Dir(f.Path)))
	}
	if diff := cmp.Diff([]string{"orphan", "missing", "stale"}, names); diff != "" {
		t.Errorf("files that were changed (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"stale/handlers_gen.go":   text("new"),
		"fresh/handlers_gen.go":   text("new"),
		"missing/handlers_gen.go": text("new"),
		"missing/handlers.go":     "package p\n",
	}
	if diff := cmp.Diff(want, harvest(t, dir)); diff != "" {
		t.Errorf("after Write (-want +got):\n%s", diff)
	}
}

func TestWriteKeepsMode(t *testing.T) {
	dir := plant(t, map[string]string{"handlers_gen.go": text("old")})
	path := filepath.Join(dir, model.File)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	file := generate.File{Path: path, Old: []byte(text("old")), New: []byte(text("new"))}
	if _, err := writeFiles(t.Context(), osDisk{}, []generate.File{file}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode is %v, want that of the old file, %v", got, fs.FileMode(0o600))
	}
}

func TestWriteFollowsLink(t *testing.T) {
	dir := plant(t, map[string]string{"real/file.go": text("old"), "p/p.go": "package p\n"})
	link := filepath.Join(dir, "p", model.File)
	if err := os.Symlink(filepath.Join("..", "real", "file.go"), link); err != nil {
		t.Skip(err)
	}
	file := generate.File{Path: link, Old: []byte(text("old")), New: []byte(text("new"))}
	if _, err := writeFiles(t.Context(), osDisk{}, []generate.File{file}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	want := map[string]string{
		"real/file.go": text("new"), "p/p.go": "package p\n", "p/handlers_gen.go": text("new"),
	}
	if diff := cmp.Diff(want, harvest(t, dir)); diff != "" {
		t.Errorf("after Write (-want +got):\n%s", diff)
	}
}

func TestWriteAfterCancel(t *testing.T) {
	dir := plant(t, map[string]string{"handlers_gen.go": text("old")})
	before := harvest(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := generate.File{Path: filepath.Join(dir, model.File), Old: []byte(text("old")), New: []byte(text("new"))}
	if _, err := writeFiles(ctx, osDisk{}, []generate.File{file}); !errors.Is(err, context.Canceled) {
		t.Errorf("Write = %v, want %v", err, context.Canceled)
	}
	if diff := cmp.Diff(before, harvest(t, dir)); diff != "" {
		t.Errorf("a canceled Write changed files (-before +after):\n%s", diff)
	}
}

// TestWriteFails lets every single call to the disk fail, one after the other.
func TestWriteFails(t *testing.T) {
	old := map[string]string{
		"a/handlers_gen.go": text("old"),
		"b/handlers_gen.go": text("old"),
		"d/handlers_gen.go": text("old"),
	}
	updated := map[string]string{
		"a/handlers_gen.go": text("new"),
		"c/handlers_gen.go": text("new"),
		"d/handlers_gen.go": text("new"),
	}
	for k := 1; ; k++ {
		dir := plant(t, old)
		if err := os.Mkdir(filepath.Join(dir, "c"), 0o777); err != nil {
			t.Fatal(err)
		}
		at := func(name string) string { return filepath.Join(dir, name, model.File) }
		d := &faultyDisk{failAt: k}
		done, err := writeFiles(t.Context(), d, []generate.File{
			{Path: at("a"), Old: []byte(text("old")), New: []byte(text("new"))},
			{Path: at("b"), Old: []byte(text("old"))},
			{Path: at("c"), New: []byte(text("new"))},
			{Path: at("d"), Old: []byte(text("old")), New: []byte(text("new"))},
		})
		got := harvest(t, dir)
		if d.calls < k {
			if diff := cmp.Diff(updated, got); err != nil || diff != "" {
				t.Errorf("without failure: %v (-want +got):\n%s", err, diff)
			}
			return
		}
		checkFailure(t, d, err, got, old, updated)
		if changed := countChanged(got, old); changed != len(done) {
			t.Errorf("%s fails: Write says that it changed %d files, but it changed %d", d.failed, len(done), changed)
		}
	}
}

// checkFailure wants the error reported, the cause and the file named, and each
// file to be as before or as it should become.
func checkFailure(t *testing.T, d *faultyDisk, err error, got, old, updated map[string]string) {
	t.Helper()
	if !errors.Is(err, errDisk) {
		t.Errorf("%s fails: error is %v, want %v", d.failed, err, errDisk)
		return
	}
	if strings.Contains(err.Error(), ".handlergen-") || !strings.Contains(err.Error(), model.File) {
		t.Errorf("%s fails: error %q does not name the file, or names a temporary one", d.failed, err)
	}
	for name := range old {
		if content := got[name]; content != old[name] && content != updated[name] {
			t.Errorf("%s fails: %s is neither old nor new: %q", d.failed, name, content)
		}
	}
	for name, content := range got {
		if content != old[name] && content != updated[name] {
			t.Errorf("%s fails: %s is left over", d.failed, name)
		}
	}
}

func countChanged(got, old map[string]string) int {
	n := 0
	for _, name := range []string{"a", "b", "c", "d"} {
		name += "/" + model.File
		if got[name] != old[name] {
			n++
		}
	}
	return n
}

var errDisk = errors.New("the disk failed")

// A faultyDisk fails one of the calls that are made to it, and may do half of
// what it was asked for.
type faultyDisk struct {
	osDisk
	calls  int
	failAt int
	failed string // name of the call that failed
}

func (d *faultyDisk) call(name, path string) error {
	d.calls++
	if d.calls != d.failAt {
		return nil
	}
	d.failed = fmt.Sprintf("%s (call %d)", name, d.calls)
	return &fs.PathError{Op: name, Path: path, Err: errDisk}
}

func (d *faultyDisk) Resolve(path string) (string, fs.FileMode, error) {
	if err := d.call("Resolve", path); err != nil {
		return "", 0, err
	}
	return d.osDisk.Resolve(path)
}

func (d *faultyDisk) Create(path string) (io.WriteCloser, error) {
	if err := d.call("Create", path); err != nil {
		return nil, err
	}
	f, err := d.osDisk.Create(path)
	return &faultyFile{d, path, f}, err
}

func (d *faultyDisk) Chmod(path string, mode fs.FileMode) error {
	if err := d.call("Chmod", path); err != nil {
		return err
	}
	return d.osDisk.Chmod(path, mode)
}

func (d *faultyDisk) Rename(from, to string) error {
	if err := d.call("Rename", from); err != nil {
		return err
	}
	return d.osDisk.Rename(from, to)
}

func (d *faultyDisk) Remove(path string) error {
	if err := d.call("Remove", path); err != nil {
		return err
	}
	return d.osDisk.Remove(path)
}

type faultyFile struct {
	d    *faultyDisk
	path string
	io.WriteCloser
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.d.call("Write", f.path); err != nil {
		n, _ := f.WriteCloser.Write(p[:len(p)/2])
		return n, err
	}
	return f.WriteCloser.Write(p)
}

func (f *faultyFile) Close() error {
	err := f.d.call("Close", f.path)
	return errors.Join(err, f.WriteCloser.Close())
}
