// Command update replaces the assets of docsui by those of the version of
// Swagger UI that is pinned below. It is run by go generate, in the folder of
// docsui.
//
// For another version, change both constants to what
//
//	npm view swagger-ui-dist@VERSION version dist.integrity
//
// prints, run go generate, and look at the page: the browser test does so too.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	version = "5.35.0"
	// integrity is the digest of the package that the registry has published.
	integrity = "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ=="

	registry = "https://registry.npmjs.org/swagger-ui-dist/-/swagger-ui-dist-" + version + ".tgz"
	folder   = "assets"
	sums     = "SHA256SUMS"
	maxBytes = 32 << 20 // of the package, whose digest is known only afterwards
)

// wanted are the files of the package that are kept. Texts are compressed;
// licences are not, for those who look for them.
var wanted = map[string]bool{
	"LICENSE":                          false,
	"NOTICE":                           false,
	"favicon-32x32.png":                false,
	"oauth2-redirect.html":             true,
	"oauth2-redirect.js":               true,
	"swagger-ui-bundle.js":             true,
	"swagger-ui-bundle.js.LICENSE.txt": false,
	"swagger-ui.css":                   true,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("update: ")
	if err := update(); err != nil {
		log.Fatal(err)
	}
}

func update() error {
	packed, err := download(registry)
	if err != nil {
		return err
	}
	if err := verify(packed, integrity); err != nil {
		return err
	}
	files, err := unpack(packed)
	if err != nil {
		return err
	}
	return replace(folder, files)
}

// download returns what a URL answers.
func download(url string) ([]byte, error) {
	client := &http.Client{Timeout: 5 * time.Minute}
	response, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxBytes))
}

// verify holds a package against its integrity, as in a package-lock.json.
func verify(packed []byte, integrity string) error {
	digest := sha512.Sum512(packed)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(digest[:]); got != integrity {
		return fmt.Errorf("the package has the integrity %s, not %s", got, integrity)
	}
	return nil
}

// unpack returns the wanted files of a package by name.
func unpack(packed []byte) (map[string][]byte, error) {
	inflated, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	archive := tar.NewReader(inflated)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(header.Name, "package/")
		if _, ok := wanted[name]; !ok {
			continue
		}
		if files[name], err = io.ReadAll(archive); err != nil {
			return nil, err
		}
	}
	for name := range wanted {
		if files[name] == nil {
			return nil, fmt.Errorf("the package has no file %s", name)
		}
	}
	return files, nil
}

// replace writes the files to an empty folder, with the digests of what they
// are before compression, as sha256sum prints them.
func replace(folder string, files map[string][]byte) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := files[name]
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(content), name)
		if wanted[name] {
			name += ".gz"
			content = compress(content)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, sums), []byte(list.String()), 0o644)
}

// compress returns the same bytes every time: the header has neither name nor
// time.
func compress(content []byte) []byte {
	var buffer bytes.Buffer
	// Neither the level nor a buffer gives reason for an error.
	w, _ := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	return buffer.Bytes()
}
