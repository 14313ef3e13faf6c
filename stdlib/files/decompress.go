package files

import (
	"archive/zip"
	"bufio"
	"compress/bzip2"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/etlscript/etlscript/engine/diag"
)

const (
	readSize = 256 << 10
	// maxWindow bounds the memory that a zstd file may ask for; it is the
	// limit of the zstd command too.
	maxWindow = 128 << 20
)

// decompress reads r by the ending of a name.
func (in *Input) decompress(name string, r io.Reader) error {
	b := bufio.NewReaderSize(r, readSize)
	if _, err := b.Peek(1); err != nil {
		return err
	}
	switch compression(name) {
	case ".gz":
		z, err := gzip.NewReader(b)
		if err != nil {
			return err
		}
		in.r = z
		in.closer = append(in.closer, z.Close)
	case ".zst":
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return err
		}
		in.r = z
		in.closer = append(in.closer, func() error { z.Close(); return nil })
	case ".bz2":
		in.r = bzip2.NewReader(b)
	default:
		return diag.Errorf("file.compression", in.file.Pos, "%q: archives inside archives are not read", in.file.Name)
	}
	return nil
}

// unzip reads the file of an archive.
func (in *Input) unzip(file *os.File, size int64) error {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return err
	}
	archive.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	member, problem := in.member(archive)
	if problem != nil {
		return problem
	}
	r, err := member.Open()
	if err != nil {
		return err
	}
	in.closer = append(in.closer, r.Close)
	if compression(member.Name) != "" {
		return in.decompress(member.Name, r)
	}
	in.r, in.size = r, int64(member.UncompressedSize64)
	return nil
}

// member is the file of the archive that is meant.
func (in *Input) member(archive *zip.Reader) (*zip.File, *diag.Diagnostic) {
	var files []*zip.File
	var names []string
	for _, f := range archive.File {
		if f.Name == in.file.Inner {
			return f, nil
		}
		if !strings.HasSuffix(f.Name, "/") && !isBaggage(f.Name) {
			files, names = append(files, f), append(names, f.Name)
		}
	}
	switch {
	case in.file.Inner != "":
		return nil, diag.Errorf("file.missing", in.file.Pos, "the archive has no file %q", in.file.Inner).
			WithHint("%s", diag.DidYouMean(in.file.Inner, names))
	case len(files) == 0:
		return nil, diag.Errorf("file.archive", in.file.Pos, "the archive %q holds no file", in.file.Name)
	case len(files) > 1:
		return nil, diag.Errorf("file.archive", in.file.Pos, "the archive %q holds %d files: %s", in.file.Name, len(files), clipped(names)).
			WithHint("name one of them: %q", in.file.Name+"/"+names[0])
	}
	return files[0], nil
}

// isBaggage reports whether a name is of what macOS packs beside the files.
func isBaggage(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || path.Base(name) == ".DS_Store"
}

func clipped(names []string) string {
	const most = 10
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
