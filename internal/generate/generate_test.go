package generate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/diag"
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

func TestReadOutput(t *testing.T) {
	dir := plant(t, map[string]string{
		"ours.go":      text("any"),
		"windows.go":   model.Header + "\r\n\r\npackage p\r\n",
		"only.go":      model.Header,
		"empty.go":     "",
		"foreign.go":   "package p\n",
		"second.go":    "\n" + model.Header + "\n",
		"longer.go":    model.Header + " Really.\n",
		"cut.go":       model.Header[:20],
		"directory/x":  "",
		"other/target": text("any"),
	})
	links := map[string]string{"link.go": "other/target", "dangling.go": "nowhere"}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	const notOurs = "was not written by handlergen"
	for name, want := range map[string]string{
		"absent.go": "", "ours.go": "", "windows.go": "", "only.go": "", "empty.go": "", "link.go": "",
		"foreign.go": notOurs, "second.go": notOurs, "longer.go": notOurs, "cut.go": notOurs,
		"directory": "is a directory", "dangling.go": "is a symbolic link that leads nowhere",
	} {
		_, foreign, err := readOutput(filepath.Join(dir, name), hasHeader)
		if err != nil || foreign != want {
			t.Errorf("readOutput(%s) = %q, %v, want %q", name, foreign, err, want)
		}
	}
	if _, foreign, err := readOutput(os.DevNull, hasHeader); err != nil || foreign != "is not a regular file" {
		t.Errorf("readOutput(%s) = %q, %v", os.DevNull, foreign, err)
	}
}

func TestStale(t *testing.T) {
	windows := []byte(model.Header + "\r\n\r\npackage p\r\n")
	unix := []byte(model.Header + "\n\npackage p\n")
	r := &Result{Files: []File{
		{Path: "/a/handlers_gen.go", Old: unix, New: unix},
		{Path: "/b/handlers_gen.go", Old: windows, New: unix},
		{Path: "/c/handlers_gen.go", Old: []byte{}, New: unix},
		{Path: "/d/handlers_gen.go", New: unix},
		{Path: "/e/handlers_gen_test.go", Old: unix},
		{Path: "/f/handlers_gen.go", Old: []byte(text("other")), New: unix},
	}}
	got := map[string]string{}
	for _, d := range r.Stale() {
		if d.Code != diag.StaleOutput {
			t.Errorf("code is %v, want %v", d.Code, diag.StaleOutput)
		}
		got[d.Pos.String()] = d.Message
	}
	want := map[string]string{
		"/c/handlers_gen.go:1:1":      "handlers_gen.go is stale: run handlergen",
		"/d/handlers_gen.go:1:1":      "handlers_gen.go is missing: run handlergen",
		"/e/handlers_gen_test.go:1:1": "handlers_gen_test.go is orphaned, its package has no handlers any more: run handlergen",
		"/f/handlers_gen.go:1:1":      "handlers_gen.go is stale: run handlergen",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Stale (-want +got):\n%s", diff)
	}
}

// TestOrphan wants only files to be removed that are ours beyond doubt.
func TestOrphan(t *testing.T) {
	dir := plant(t, map[string]string{"ours.go": text("any"), "foreign.go": "package p\n", "empty.go": ""})
	r := &Result{}
	for _, name := range []string{"ours.go", "foreign.go", "empty.go", "absent.go"} {
		if err := r.addOrphan(filepath.Join(dir, name)); err != nil {
			t.Errorf("addOrphan(%s): %v", name, err)
		}
	}
	want := []File{{Path: filepath.Join(dir, "ours.go"), Old: []byte(text("any"))}}
	if diff := cmp.Diff(want, r.Files); diff != "" {
		t.Errorf("orphans (-want +got):\n%s", diff)
	}
}
