package files

import (
	"errors"
	"io"
	"io/fs"
)

// A reopener reads a file that cannot seek, as those in a zip archive: to go
// back it opens the file again, to go on it reads.
type reopener struct {
	fsys fs.FS
	name string
	file fs.File
	size int64
	at   int64 // of the file
	next int64 // of the reader
}

func (f *reopener) Read(p []byte) (int, error) {
	if err := f.move(); err != nil {
		return 0, err
	}
	n, err := f.file.Read(p)
	f.at += int64(n)
	f.next = f.at
	return n, err
}

// move brings the file to where the reader is.
func (f *reopener) move() error {
	if f.next < f.at {
		again, err := f.fsys.Open(f.name)
		if err != nil {
			return err
		}
		_ = f.file.Close() // it was only read
		f.file, f.at = again, 0
	}
	n, err := io.CopyN(io.Discard, f.file, f.next-f.at)
	f.at += n
	return err
}

func (f *reopener) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.next
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	f.next = offset
	return offset, nil
}

func (f *reopener) Close() error { return f.file.Close() }
