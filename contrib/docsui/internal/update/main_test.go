package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pack returns a package of the registry with the files, whose content is their
// name.
func pack(t *testing.T, names ...string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	z := gzip.NewWriter(&buffer)
	w := tar.NewWriter(z)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(name))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func TestReplace(t *testing.T) {
	names := []string{"package.json", "../outside", "swagger-ui.css.map"}
	for name := range wanted {
		names = append(names, name)
	}
	files, err := unpack(pack(t, names...))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "assets")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "old.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replace(folder, files); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(wanted)+1 {
		t.Errorf("%d files, want those of the package and their digests: %v", len(entries), entries)
	}
	for name, compressed := range wanted {
		if !compressed {
			if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != name {
				t.Errorf("%s has %q (%v)", name, got, err)
			}
			continue
		}
		file, err := os.Open(filepath.Join(folder, name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != name {
			t.Errorf("%s has %q (%v)", name, got, err)
		}
		if !z.ModTime.IsZero() || z.Name != "" {
			t.Errorf("%s.gz has the name %q and the time %s", name, z.Name, z.ModTime)
		}
		file.Close()
	}
	list, err := os.ReadFile(filepath.Join(folder, sums))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(list), "\n"); len(lines) != len(wanted)+1 || !strings.HasSuffix(lines[1], "  NOTICE") {
		t.Errorf("the digests are\n%s", list)
	}
}

// TestVersion holds the documentation to the version that is pinned.
func TestVersion(t *testing.T) {
	text, err := os.ReadFile("../../docsui.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), " version "+version+" of ") {
		t.Errorf("the package doc does not say that it is version %s", version)
	}
}

func TestUnpackMisses(t *testing.T) {
	if _, err := unpack(pack(t, "LICENSE", "NOTICE")); err == nil || !strings.Contains(err.Error(), "has no file") {
		t.Errorf("unpack: %v", err)
	}
	if _, err := unpack([]byte("<html>")); err == nil {
		t.Error("unpack takes what is no package")
	}
}

func TestVerify(t *testing.T) {
	packed := pack(t, "LICENSE")
	digest := sha512.Sum512(packed)
	good := "sha512-" + base64.StdEncoding.EncodeToString(digest[:])
	if err := verify(packed, good); err != nil {
		t.Error(err)
	}
	if err := verify(append(packed, 0), good); err == nil || !strings.Contains(err.Error(), "not "+good) {
		t.Errorf("verify takes a package with another digest: %v", err)
	}
}

func TestDownload(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/package.tgz" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "packed")
	}))
	defer server.Close()
	if got, err := download(server.URL + "/package.tgz"); err != nil || string(got) != "packed" {
		t.Errorf("download: %q, %v", got, err)
	}
	if _, err := download(server.URL + "/none.tgz"); err == nil || !strings.HasSuffix(err.Error(), "answers 404 Not Found") {
		t.Errorf("download: %v", err)
	}
}
