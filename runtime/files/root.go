package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A root opens the file system of one request, and what to close after it.
type root func() (fs.FS, io.Closer, error)

// inMemory is a root of a file system that is always there.
func inMemory(fsys fs.FS) root {
	return func() (fs.FS, io.Closer, error) { return fsys, nothing{}, nil }
}

type nothing struct{}

func (nothing) Close() error { return nil }

// onDisk is a directory by its name. It is opened for each request, so that
// another one can be put in its place.
func onDisk(dir string) root {
	return func() (fs.FS, io.Closer, error) {
		opened, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, err
		}
		return confined{opened.FS()}, opened, nil
	}
}

// A confined file system is one of an [os.Root]. What would leave it is not
// there.
type confined struct{ fs.FS }

func (c confined) Open(name string) (fs.File, error) {
	file, err := c.FS.Open(name)
	return file, escaped(err)
}

func (c confined) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(c.FS, name)
	return info, escaped(err)
}

// escaped turns the errors that [os.Root] has for names outside of it, which
// it does not export, into one that says what the name means here.
func escaped(err error) error {
	failure, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err
	}
	if _, system := errors.AsType[syscall.Errno](err); system || errors.Is(err, fs.ErrClosed) {
		return err
	}
	return &fs.PathError{Op: failure.Op, Path: failure.Path, Err: fs.ErrNotExist}
}

// judge returns errNotFound for errors that mean that there is nothing to see
// under that name, and all others with their origin.
func judge(err error) error {
	for _, nothing := range []error{
		fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid,
		syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.ELOOP,
	} {
		if errors.Is(err, nothing) {
			return errNotFound
		}
	}
	return fmt.Errorf("files: %w", err)
}
