package files_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/handlergen/handlergen/runtime/files"
)

// TestSpecialFiles needs named pipes and permissions as Linux has them.
func TestSpecialFiles(t *testing.T) {
	dir := write(t, map[string]string{"closed": "secret", "private/index.html": "secret", "ok": "ok"})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	os.Chmod(filepath.Join(dir, "closed"), 0)
	os.Chmod(filepath.Join(dir, "private"), 0)
	defer os.Chmod(filepath.Join(dir, "private"), 0o755)
	h := files.ServeDir(dir, files.DirConfig{Precompressed: true})
	ask(t, h, "GET", "/pipe").is(t, "a named pipe", 404, notFound)
	if os.Geteuid() != 0 {
		for _, target := range []string{"/closed", "/private", "/private/", "/private/index.html", "/private/none"} {
			ask(t, h, "GET", target).is(t, target, 404, notFound)
		}
	}
}
