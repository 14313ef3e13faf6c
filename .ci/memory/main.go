// Command memory checks promise "constant memory": it writes a large CSV file,
// runs a read, filter, map, write job over it in a child process, and fails
// when the child's peak resident memory is over the limit or when the output
// isn't what the generator knows it must be.
//
//	go run ./.ci/memory -bin bin/etlscript
package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

//go:embed memory.lua
var job []byte

const megabyte = 1_000_000

// figures are what the generator knows about the job's output.
type figures struct {
	rows  int64
	total int64
	cold  int64
}

func main() {
	bin := flag.String("bin", "bin/etlscript", "the etlscript `binary`")
	size := flag.Int64("size", 2000, "size of the input in `MB`")
	limit := flag.Int64("limit", 100, "peak resident memory allowed in `MB`")
	dir := flag.String("dir", "", "`directory` for the files (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *bin, *dir, *size*megabyte, *limit*megabyte)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "memory:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, parent string, size, limit int64) (err error) {
	bin, err = filepath.Abs(bin)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(parent, "etlscript-memory-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	if err := os.WriteFile(filepath.Join(dir, "memory.lua"), job, 0o644); err != nil {
		return err
	}
	input := filepath.Join(dir, "orders.csv")
	want, rows, err := generate(ctx, input, size)
	if err != nil {
		return fmt.Errorf("write the input: %w", err)
	}
	fmt.Printf("input   %d MB, %d rows\n", size/megabyte, rows)

	peak, took, err := measure(ctx, bin, dir)
	if err != nil {
		return err
	}
	fmt.Printf("run     %.1f s, %.0f MB/s\n", took.Seconds(), float64(size)/megabyte/took.Seconds())
	fmt.Printf("peak    %.1f MB resident, %d MB allowed\n", float64(peak)/megabyte, limit/megabyte)

	got, err := total(filepath.Join(dir, "big.csv"))
	if err != nil {
		return fmt.Errorf("read the output: %w", err)
	}
	if got != want {
		return fmt.Errorf("output is wrong: want %+v, got %+v", want, got)
	}
	fmt.Printf("output  %d rows, as expected\n", got.rows)
	if peak > limit {
		return fmt.Errorf("peak resident memory %.1f MB is over %d MB", float64(peak)/megabyte, limit/megabyte)
	}
	return nil
}

// generate writes at least size bytes of CSV and returns what the job must
// make of them.
func generate(ctx context.Context, path string, size int64) (want figures, rows int64, err error) {
	file, err := os.Create(path)
	if err != nil {
		return want, 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriterSize(file, 256<<10)
	regions := [...]string{"north", "east", "south", "west"}
	line := []byte("id,region,qty,cents,note\n")
	seed := uint64(1)
	for written := int64(0); ; rows++ {
		if _, err := w.Write(line); err != nil {
			return want, rows, err
		}
		written += int64(len(line))
		if written >= size {
			return want, rows, w.Flush()
		}
		if rows%100_000 == 0 && ctx.Err() != nil {
			return want, rows, ctx.Err()
		}
		seed = seed*6364136223846793005 + 1442695040888963407
		region := regions[seed>>62]
		qty := int64(seed>>32) % 100
		cents := int64(seed>>40)%100_000 + 1
		line = strconv.AppendInt(line[:0], rows+1, 10)
		line = append(line, ',')
		line = append(line, region...)
		line = append(line, ',')
		line = strconv.AppendInt(line, qty, 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, cents, 10)
		line = append(line, ",\"parcel, "...)
		line = strconv.AppendUint(line, seed>>20, 36)
		line = append(line, "\"\n"...)
		if qty >= 50 {
			want.rows++
			want.total += qty * cents
			if region == "north" {
				want.cold++
			}
		}
	}
}

// measure runs the job in dir and returns the child's peak resident memory.
func measure(ctx context.Context, bin, dir string) (peak int64, took time.Duration, err error) {
	cmd := exec.CommandContext(ctx, bin, "run", "memory.lua")
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err = cmd.Run()
	took = time.Since(start)
	if err != nil {
		return 0, took, fmt.Errorf("%s run memory.lua: %w\n%s", bin, err, out.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, took, errors.New("this system doesn't report a child's resource usage")
	}
	peak = int64(usage.Maxrss)
	if runtime.GOOS != "darwin" {
		peak *= 1024 // Linux and the BSDs count kilobytes
	}
	return peak, took, nil
}

// total reads the job's output: id,region,qty,cents,note,total, where only
// the note may be quoted.
func total(path string) (got figures, err error) {
	file, err := os.Open(path)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r := bufio.NewReaderSize(file, 256<<10)
	header, err := r.ReadString('\n')
	if err != nil {
		return got, err
	}
	if header != "id,region,qty,cents,note,total\n" {
		return got, fmt.Errorf("unexpected header %q", header)
	}
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		comma := bytes.LastIndexByte(line, ',')
		n, err := strconv.ParseInt(string(line[comma+1:]), 10, 64)
		if err != nil {
			return got, fmt.Errorf("row %d: %w", got.rows+1, err)
		}
		got.rows++
		got.total += n
		if bytes.Contains(line, []byte(`,"cold: parcel, `)) {
			got.cold++
		}
	}
}
