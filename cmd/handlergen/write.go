package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/handlergen/handlergen/internal/generate"
)

// writeFiles brings files up to date and returns those that it changed.
//
// The new content of all files is put beside them before the first one is
// replaced. A directory that cannot be written, a full disk or a context that
// ends therefore leave every file as it was; and each file is replaced in one
// step, so that at no time half of one can be read. Orphans, for which nothing
// can be prepared, go first.
func writeFiles(ctx context.Context, d disk, files []generate.File) ([]generate.File, error) {
	s := stage{disk: d}
	defer s.discard()
	for _, f := range files {
		if !f.Changed() {
			continue
		}
		if err := s.add(f); err != nil {
			return nil, writeError(err, f)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.commit()
}

// writeError names the file that could not be written instead of the temporary
// one beside it.
func writeError(err error, f generate.File) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	if cause := (*os.LinkError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	if f.New == nil {
		return fmt.Errorf("remove %s: %w", f.Path, err)
	}
	return fmt.Errorf("write %s: %w", f.Path, err)
}

// A stage holds files that are ready to take their places.
type stage struct {
	disk  disk
	files []staged
}

type staged struct {
	generate.File
	target string // the file itself, or what it links to
	temp   string // what becomes it; empty for a file to remove
}

// add puts the new content of a file beside it.
func (s *stage) add(f generate.File) error {
	if f.New == nil {
		s.files = slices.Insert(s.files, 0, staged{File: f, target: f.Path})
		return nil
	}
	target, mode, err := s.disk.Resolve(f.Path)
	if err != nil {
		return err
	}
	temp := tempName(target)
	out, err := s.disk.Create(temp)
	if err != nil {
		return err
	}
	s.files = append(s.files, staged{f, target, temp})
	_, err = out.Write(f.New)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	if mode == 0 {
		return nil
	}
	return s.disk.Chmod(temp, mode)
}

// tempName names a new file that the go command does not look at.
func tempName(target string) string {
	dir, name := filepath.Split(target)
	return filepath.Join(dir, "."+name+".handlergen-"+strconv.FormatUint(rand.Uint64(), 36))
}

// commit replaces the files and removes the orphans.
func (s *stage) commit() (done []generate.File, err error) {
	for len(s.files) > 0 {
		next := s.files[0]
		if err := s.replace(next); err != nil {
			return done, writeError(err, next.File)
		}
		done = append(done, next.File)
		s.files = s.files[1:]
	}
	return done, nil
}

func (s *stage) replace(f staged) error {
	if f.temp == "" {
		return s.disk.Remove(f.target)
	}
	return s.disk.Rename(f.temp, f.target)
}

// discard removes what did not take its place.
func (s *stage) discard() {
	for _, f := range s.files {
		if f.temp != "" {
			_ = s.disk.Remove(f.temp) // the error that led here is the one to tell
		}
	}
}

// A disk is what writing needs of a file system; tests have one that fails.
type disk interface {
	// Resolve follows symbolic links. The mode is 0 if there is no file yet.
	Resolve(path string) (target string, mode fs.FileMode, err error)
	Create(path string) (io.WriteCloser, error)
	Chmod(path string, mode fs.FileMode) error
	Rename(from, to string) error
	Remove(path string) error
}

type osDisk struct{}

func (osDisk) Resolve(path string) (string, fs.FileMode, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, 0, nil
	}
	if err != nil {
		return "", 0, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", 0, err
	}
	return target, info.Mode().Perm(), nil
}

// Create leaves the mode of a new file to the user's umask.
func (osDisk) Create(path string) (io.WriteCloser, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

func (osDisk) Chmod(path string, mode fs.FileMode) error { return os.Chmod(path, mode) }
func (osDisk) Rename(from, to string) error              { return os.Rename(from, to) }
func (osDisk) Remove(path string) error                  { return os.Remove(path) }
