// ignore: what BuildKit sends of a directory with an ignore file, by the code that does it: ignorefile.ReadAll as in the Dockerfile
// frontend, then fsutil's filtered walk as in the client.
//
// JSON lines in, one answer for each line out, in order. A string stands for bytes: each character, up to U+00FF, is one of them; so
// names and patterns need not be UTF-8.
//
//	{"tree": [path…], "on_disk": bool}   files for the requests that follow; in memory, or in a temporary directory
//	{"root": DIR, "tree": [path…]}       a directory that is there, and the paths in it that are asked about
//	{"ignore": TEXT}                     an ignore file for that tree
//
// An answer to the last has a character for each path of the tree, 1 or 0:
//
//	out     the walk leaves it out
//	alone   patternmatcher's MatchesOrParentMatches leaves it out, asked for this path alone
//	empty   its name is sent and its content is not: the walk takes it, and Open, which asks for the path alone, finds nothing.
//	        On disk only
//
// and, instead of them, `error` and `alone_error`.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	gofs "io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

type request struct {
	Tree   []string `json:"tree"`
	OnDisk bool     `json:"on_disk"`
	Root   string   `json:"root"`
	Ignore *string  `json:"ignore"`
}

type answer struct {
	Out        string `json:"out"`
	Alone      string `json:"alone"`
	Empty      string `json:"empty,omitempty"`
	Error      string `json:"error,omitempty"`
	AloneError string `json:"alone_error,omitempty"`
}

func bytesOf(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			panic(fmt.Sprintf("U+%04X is no byte", r))
		}
		out = append(out, byte(r))
	}
	return string(out)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// memory is a directory of empty files, walked in the order of filepath.WalkDir.
type memory struct{ entries []*types.Stat }

func newMemory(paths []string) memory {
	kinds := map[string]bool{} // is it a directory?
	for _, p := range paths {
		if _, ok := kinds[p]; ok {
			panic(p + " is there twice, or a file and a directory")
		}
		kinds[p] = false
		for d := filepath.Dir(p); d != "."; d = filepath.Dir(d) {
			if is, ok := kinds[d]; ok && !is {
				panic(d + " is a file and a directory")
			}
			kinds[d] = true
		}
	}
	var m memory
	for p, isDirectory := range kinds {
		mode := uint32(0o644)
		if isDirectory {
			mode = uint32(os.ModeDir | 0o755)
		}
		m.entries = append(m.entries, &types.Stat{Path: p, Mode: mode})
	}
	// By elements: '/' sorts before every other byte.
	slices.SortFunc(m.entries, func(a, b *types.Stat) int {
		return strings.Compare(strings.ReplaceAll(a.Path, "/", "\x00"), strings.ReplaceAll(b.Path, "/", "\x00"))
	})
	return m
}

func (m memory) Walk(_ context.Context, _ string, visit gofs.WalkDirFunc) error {
	for i := 0; i < len(m.entries); i++ {
		e := m.entries[i]
		err := visit(e.Path, &fsutil.DirEntryInfo{Stat: e}, nil)
		if err == filepath.SkipDir {
			prefix := e.Path + "/"
			if !e.IsDir() {
				prefix = filepath.Dir(e.Path) + "/"
			}
			if prefix == "./" {
				return nil
			}
			for i+1 < len(m.entries) && strings.HasPrefix(m.entries[i+1].Path, prefix) {
				i++
			}
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (m memory) Open(string) (io.ReadCloser, error) {
	return nil, os.ErrNotExist
}

// tree is what requests are answered about.
type tree struct {
	paths     []string
	fs        fsutil.FS
	temporary string
	opens     bool
}

func (t *tree) forget() {
	if t.temporary != "" {
		os.RemoveAll(t.temporary)
	}
	*t = tree{}
}

func (t *tree) set(q request) {
	t.forget()
	for _, p := range q.Tree {
		t.paths = append(t.paths, bytesOf(p))
	}
	var err error
	switch {
	case q.Root != "":
		t.fs, err = fsutil.NewFS(bytesOf(q.Root))
	case q.OnDisk:
		t.opens = true
		t.temporary, err = os.MkdirTemp("", "conformance-ignore-")
		check(err)
		for _, p := range t.paths {
			p = filepath.Join(t.temporary, p)
			check(os.MkdirAll(filepath.Dir(p), 0o755))
			check(os.WriteFile(p, nil, 0o644))
		}
		t.fs, err = fsutil.NewFS(t.temporary)
	default:
		t.fs = newMemory(t.paths)
	}
	check(err)
}

// frontend reads the patterns; they go to the client as JSON (llb.ExcludePatterns), which makes U+FFFD of a byte that is no UTF-8.
func frontend(ignore string) (patterns []string, err error) {
	if patterns, err = ignorefile.ReadAll(strings.NewReader(ignore)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(patterns)
	check(err)
	check(json.Unmarshal(text, &patterns))
	return patterns, nil
}

func (t *tree) sent(patterns []string) (map[string]bool, fsutil.FS, error) {
	filtered, err := fsutil.NewFilterFS(t.fs, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return nil, nil, err
	}
	sent := map[string]bool{}
	err = filtered.Walk(context.Background(), "/", func(p string, _ gofs.DirEntry, err error) error {
		sent[p] = err == nil
		return err
	})
	return sent, filtered, err
}

func digits(paths []string, is func(string) bool) string {
	out := make([]byte, len(paths))
	for i, p := range paths {
		out[i] = '0'
		if is(p) {
			out[i] = '1'
		}
	}
	return string(out)
}

func (t *tree) answer(ignore string) (a answer) {
	patterns, err := frontend(ignore)
	if err != nil {
		return answer{Error: err.Error(), AloneError: err.Error()}
	}
	sent, filtered, err := t.sent(patterns)
	if err != nil {
		a.Error = err.Error()
	} else {
		a.Out = digits(t.paths, func(p string) bool { return !sent[p] })
	}
	if err == nil && t.opens {
		a.Empty = digits(t.paths, func(p string) bool {
			file, err := filtered.Open(p)
			if err == nil {
				file.Close()
			}
			return sent[p] && err != nil
		})
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		a.AloneError = err.Error()
		return a
	}
	a.Alone = digits(t.paths, func(p string) bool {
		if a.AloneError != "" {
			return false // patternmatcher 0.6.0 panics when a pattern that is broken is tried again
		}
		x, err := matcher.MatchesOrParentMatches(p)
		if err != nil {
			a.AloneError = err.Error()
		}
		return x
	})
	if a.AloneError != "" {
		a.Alone = ""
	}
	return a
}

func main() {
	var t tree
	defer t.forget()
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer w.Flush()
	out := json.NewEncoder(w)
	r := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var q request
			check(json.Unmarshal(line, &q))
			if q.Tree != nil {
				t.set(q)
			}
			if q.Ignore != nil {
				check(out.Encode(t.answer(bytesOf(*q.Ignore))))
			} else {
				check(out.Encode(struct{}{}))
			}
		}
		if err != nil {
			return
		}
	}
}
