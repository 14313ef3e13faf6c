// Command pluginhost is a program of its own that runs scripts of its users: each may
// use what this program gives it, read one folder and write another, and nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/etlscript/etlscript"
)

// errNoRate is what the program's own function returns; it comes back whole.
var errNoRate = errors.New("no rate for this currency")

func rate(currency string) (float64, error) {
	rates := map[string]float64{"EUR": 1, "USD": 1.25}
	if r, ok := rates[currency]; ok {
		return r, nil
	}
	return 0, fmt.Errorf("%s: %w", currency, errNoRate)
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// run loads and runs each plugin of a folder, one after another.
func run(folder string) error {
	work, err := os.MkdirTemp("", "pluginhost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	host, err := etlscript.New(etlscript.Config{
		Modules: map[string]etlscript.Module{"billing": {"rate": rate, "version": 2}},
		Restrict: &etlscript.Restriction{
			Components: []string{"read_csv", "write_csv"},
			Read:       []string{filepath.Join(folder, "data")}, Write: []string{work},
		},
		Limits:  etlscript.Limits{Load: 1_000_000, Row: 10_000},
		RunsDir: filepath.Join(work, "runs"), Stdout: os.Stdout,
	})
	if err != nil {
		return err
	}
	plugins, err := fs.Glob(os.DirFS(folder), "*.lua")
	if err != nil {
		return err
	}
	for _, name := range plugins {
		fmt.Printf("== %s\n", name)
		report(runPlugin(host, folder, name))
	}
	return nil
}

// runPlugin runs the jobs of one plugin, for at most ten seconds.
func runPlugin(host *etlscript.Host, folder, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	script, err := host.LoadFS(ctx, os.DirFS(folder), name, etlscript.LoadOptions{Dir: folder})
	if err != nil {
		return err
	}
	for _, job := range script.Jobs {
		result, err := host.Run(ctx, job)
		if err != nil {
			return err
		}
		for _, out := range result.Outputs {
			fmt.Printf("%s: %d rows\n", job.Name, out.Rows)
		}
	}
	return nil
}

func report(err error) {
	var bad *etlscript.Error
	switch {
	case err == nil:
	case errors.Is(err, errNoRate):
		fmt.Println("the plugin asks for a currency that we do not have:", err)
	case errors.As(err, &bad):
		fmt.Print(bad.Details())
	default:
		fmt.Println(err)
	}
}
