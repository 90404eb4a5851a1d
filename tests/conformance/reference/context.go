// context: what BuildKit sends of a build context: the Dockerfile frontend says what a Dockerfile asks for, and fsutil's filtered walk
// of the checkout says which files that is, the ignore file's left out.
//
// JSON lines in, one answer for each line out, in order. Paths are bytes, one character up to U+00FF each.
//
//	{"repository": DIR}                                     the checkout that the requests below are about; .git is not looked at
//	{"dockerfile": PATH, "context": PATH, "on_disk": bool}  relative to it; the walk goes over what was seen of the checkout, or over
//	                                                        the disk again
//
// A request may also say how it is built: "target", "args" (an object of strings) and "platform" (linux/amd64).
//
// An answer:
//
//	sent     files and directories that are sent, relative to the repository; null when the context is not asked for at all
//	follow   what is asked of the context; null for all of it
//	ignore   the ignore file that applies, relative to the repository
//	unread   of `sent`, what no instruction reads: what a COPY --exclude of a directory leaves out; and, where only a RUN --mount of
//	         type tmpfs asks for all of the context (convert_runmount.go takes its missing source for "/"), all but the other sources
//	apart    what is not sent, and would be if each thing asked for were followed by itself: fsutil follows a link once only, so what
//	         else is asked for through it is forgotten
//	missing  of what is asked for, what matches no file by itself, ignored or not
//	unclear  of what is asked for, what the walk fails over by itself: a file that is taken for a directory, what is no pattern
//	error    why the build fails, as far as the frontend and the walk see
//
// The images that stages start from set no variables here, only a working directory (a mount on "." needs one). It is linux/amd64
// that builds.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	gofs "io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	digest "github.com/opencontainers/go-digest"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

type request struct {
	Repository string            `json:"repository"`
	Dockerfile string            `json:"dockerfile"`
	Context    string            `json:"context"`
	OnDisk     bool              `json:"on_disk"`
	Target     string            `json:"target"`
	Args       map[string]string `json:"args"`
	Platform   string            `json:"platform"`
}

type answer struct {
	Sent    []string `json:"sent"`
	Follow  []string `json:"follow"`
	Ignore  string   `json:"ignore,omitempty"`
	Unread  []string `json:"unread,omitempty"`
	Apart   []string `json:"apart,omitempty"`
	Missing []string `json:"missing,omitempty"`
	Unclear []string `json:"unclear,omitempty"`
	Error   string   `json:"error,omitempty"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func bytesOf(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = append(out, byte(r))
	}
	return string(out)
}

func charactersOf(text string) string {
	out := make([]rune, 0, len(text))
	for i := range len(text) {
		out = append(out, rune(text[i]))
	}
	return string(out)
}

// --- a checkout, seen once ---

type seen struct{ entries []*types.Stat } // in the order of filepath.WalkDir

func see(root string) (s seen) {
	disk, err := fsutil.NewFS(root)
	check(err)
	check(disk.Walk(context.Background(), "/", func(p string, entry gofs.DirEntry, err error) error {
		check(err)
		if p == ".git" {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		check(err)
		s.entries = append(s.entries, info.Sys().(*types.Stat))
		return nil
	}))
	return s
}

// below is a directory of it, as a file system of its own.
func (s seen) below(directory string) (out seen) {
	if directory == "." {
		return s
	}
	for _, e := range s.entries {
		if inside, ok := strings.CutPrefix(e.Path, directory+"/"); ok {
			stat := e.Clone()
			stat.Path = inside
			out.entries = append(out.entries, stat)
		}
	}
	return out
}

// Walk of what is not there visits nothing, as fsutil's own.
func (s seen) Walk(_ context.Context, target string, visit gofs.WalkDirFunc) error {
	target = strings.TrimPrefix(filepath.Join("/", target), "/")
	skipped := ""
	for _, e := range s.entries {
		if target != "" && e.Path != target && !strings.HasPrefix(e.Path, target+"/") {
			continue
		}
		if skipped != "" && strings.HasPrefix(e.Path, skipped) {
			continue
		}
		err := visit(e.Path, &fsutil.DirEntryInfo{Stat: e}, nil)
		if err == filepath.SkipDir && e.IsDir() {
			skipped = e.Path + "/"
		} else if err == filepath.SkipDir && path.Dir(e.Path) == "." {
			return nil
		} else if err == filepath.SkipDir {
			skipped = path.Dir(e.Path) + "/"
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (s seen) Open(string) (io.ReadCloser, error) {
	return nil, os.ErrNotExist
}

// --- the frontend ---

type bare struct{}

// ResolveImageConfig gives each image a history of one entry; one without is taken for scratch.
func (bare) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config, err := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux", "config": map[string]any{"WorkingDir": "/stand-in"},
		"history": []any{map[string]any{"created_by": "stand-in"}},
	})
	return ref, "", config, err
}

func list(text string) (out []string) {
	if text != "" {
		check(json.Unmarshal([]byte(text), &out))
	}
	return out
}

type asked struct {
	uses   bool
	all    bool
	follow []string
	copies []*pb.FileActionCopy // with --exclude
	reads  []string             // the sources of all copies and mounts
}

// convert is Dockerfile2LLB, which gives a state among other things, and in later versions a result that holds it.
func convert(dockerfile []byte, opt dockerfile2llb.ConvertOpt) (*llb.State, error) {
	words := []reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(dockerfile), reflect.ValueOf(opt)}
	results := reflect.ValueOf(dockerfile2llb.Dockerfile2LLB).Call(words)
	if err, _ := results[len(results)-1].Interface().(error); err != nil {
		return nil, err
	}
	if state, ok := results[0].Interface().(*llb.State); ok {
		return state, nil
	}
	state := results[0].Elem().FieldByName("State").Interface().(llb.State)
	return &state, nil
}

func ask(dockerfile []byte, q request) (a asked, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	caps := pb.Caps.CapSet(pb.Caps.All())
	platform, err := platforms.Parse("linux/amd64")
	check(err)
	opt := dockerfile2llb.ConvertOpt{
		Config:       dockerui.Config{BuildArgs: map[string]string{}, Target: q.Target},
		MetaResolver: bare{},
		LLBCaps:      &caps,
		Warn:         func(string, string, string, string, []parser.Range) {},
	}
	opt.BuildPlatforms = append(opt.BuildPlatforms, platform)
	maps.Copy(opt.BuildArgs, q.Args)
	if q.Platform != "" {
		target, err := platforms.Parse(q.Platform)
		if err != nil {
			return a, err
		}
		opt.TargetPlatform = &target
	}
	state, err := convert(dockerfile, opt)
	if err != nil {
		return a, err
	}
	definition, err := state.Marshal(context.Background())
	if err != nil {
		return a, err
	}
	ops := make([]*pb.Op, len(definition.Def))
	contexts := map[string]bool{}
	for i, text := range definition.Def {
		ops[i] = new(pb.Op)
		check(ops[i].UnmarshalVT(text))
		source := ops[i].GetSource()
		if source == nil || source.Identifier != "local://"+dockerui.DefaultLocalNameContext {
			continue
		}
		contexts[digest.FromBytes(text).String()] = true
		follow := list(source.Attrs[pb.AttrFollowPaths])
		a.uses = true
		a.all = a.all || len(follow) == 0
		a.follow = append(a.follow, follow...)
	}
	for _, op := range ops {
		isContext := func(input int64) bool {
			return input >= 0 && int(input) < len(op.Inputs) && contexts[op.Inputs[input].Digest]
		}
		for _, action := range op.GetFile().GetActions() {
			c := action.GetCopy()
			if c == nil || !isContext(action.SecondaryInput) {
				continue
			}
			a.reads = append(a.reads, c.Src)
			if len(c.ExcludePatterns) > 0 {
				a.copies = append(a.copies, c)
			}
		}
		for _, mount := range op.GetExec().GetMounts() {
			if isContext(mount.Input) {
				a.reads = append(a.reads, path.Join("/", mount.Selector))
			}
		}
	}
	if a.all {
		a.follow = nil
	}
	return a, nil
}

// --- the context ---

// ignoreFile finds what applies, and reads it as dockerui does; to the client it goes as JSON.
func ignoreFile(root string, q request) (name string, patterns []string, err error) {
	for _, name := range []string{q.Dockerfile + ".dockerignore", path.Join(q.Context, ".dockerignore")} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			continue
		}
		patterns, err := ignorefile.ReadAll(bytes.NewReader(text))
		if err != nil {
			return name, nil, err
		}
		as, err := json.Marshal(patterns)
		check(err)
		check(json.Unmarshal(as, &patterns))
		return name, patterns, nil
	}
	return "", nil, nil
}

// unread are the files that a copy of a directory, or of a directory's matches, leaves out by --exclude.
func unread(sent map[string]bool, copies []*pb.FileActionCopy) (out []string) {
	for p := range sent {
		for _, c := range copies {
			source := strings.Trim(path.Clean(c.Src), "/")
			inside, ok := p, true
			if source != "" && source != "." {
				inside, ok = strings.CutPrefix(p, source+"/")
			}
			matches, err := patternmatcher.MatchesOrParentMatches(inside, c.ExcludePatterns)
			if ok && err == nil && matches {
				out = append(out, p)
			}
		}
	}
	return out
}

func (s seen) hasLinks() bool {
	return slices.ContainsFunc(s.entries, func(e *types.Stat) bool { return e.Mode&uint32(os.ModeSymlink) != 0 })
}

// apart does not complain, what is wrong with one path is wrong with all together.
func apart(fs fsutil.FS, follow, excludes []string, sent map[string]bool) (out []string) {
	for _, one := range follow {
		more, err := walk(fs, []string{one}, excludes)
		for p := range more {
			if err == nil && !sent[p] && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// sort of what is asked for, without the ignore file: what matches no file, and what cannot be asked.
func (s seen) sort(asked asked) (missing, unclear []string) {
	directories := map[string]bool{}
	for _, e := range s.entries {
		directories[e.Path] = e.IsDir()
	}
	for _, one := range append(asked.follow, asked.reads...) {
		name := charactersOf(strings.Trim(one, "/"))
		matched, err := walk(s, []string{one}, nil)
		isMissing := true
		for p := range matched {
			isMissing = isMissing && directories[p]
		}
		if err != nil {
			unclear = append(unclear, name)
		} else if isMissing {
			missing = append(missing, name)
		}
	}
	return missing, unclear
}

func walk(fs fsutil.FS, follow, excludes []string) (map[string]bool, error) {
	filtered, err := fsutil.NewFilterFS(fs, &fsutil.FilterOpt{FollowPaths: follow, ExcludePatterns: excludes})
	if err != nil {
		return nil, err
	}
	sent := map[string]bool{}
	return sent, filtered.Walk(context.Background(), "/", func(p string, _ gofs.DirEntry, err error) error {
		sent[p] = true
		return err
	})
}

func prefixed(directory string, paths []string) []string {
	out := []string{}
	for _, p := range paths {
		out = append(out, charactersOf(path.Join(directory, p)))
	}
	return out
}

func examine(root string, checkout seen, q request) (a answer) {
	fail := func(err error) answer {
		var where *parser.LocationError
		a.Error = err.Error()
		if errors.As(err, &where) && len(where.Locations) > 0 && len(where.Locations[0]) > 0 {
			a.Error = fmt.Sprintf("line %d: %s", where.Locations[0][0].Start.Line, a.Error)
		}
		return a
	}
	q.Dockerfile, q.Context = bytesOf(q.Dockerfile), bytesOf(q.Context)
	dockerfile, err := os.ReadFile(filepath.Join(root, q.Dockerfile))
	if err != nil {
		return fail(err)
	}
	asked, err := ask(dockerfile, q)
	if err != nil {
		return fail(err)
	}
	name, excludes, err := ignoreFile(root, q)
	a.Ignore = charactersOf(name)
	if err != nil {
		return fail(err)
	}
	if !asked.uses {
		return a
	}
	a.Follow = asked.follow
	inside := checkout.below(q.Context)
	var below fsutil.FS = inside
	if q.OnDisk {
		below, err = fsutil.NewFS(filepath.Join(root, q.Context))
		check(err)
	}
	sent, err := walk(below, asked.follow, excludes)
	if err != nil {
		return fail(err)
	}
	left := unread(sent, asked.copies)
	if asked.all && !slices.Contains(asked.reads, "/") {
		read, err := walk(below, asked.reads, excludes)
		check(err)
		for p := range sent {
			if !read[p] {
				left = append(left, p)
			}
		}
	}
	a.Sent = prefixed(q.Context, slices.Sorted(maps.Keys(sent)))
	a.Unread = prefixed(q.Context, left)
	a.Missing, a.Unclear = inside.sort(asked)
	if inside.hasLinks() {
		a.Apart = prefixed(q.Context, apart(below, asked.follow, excludes, sent))
	}
	return a
}

func main() {
	var root string
	var checkout seen
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer w.Flush()
	out := json.NewEncoder(w)
	r := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var q request
			check(json.Unmarshal(line, &q))
			if q.Repository != "" {
				root = bytesOf(q.Repository)
				checkout = see(root)
				check(out.Encode(struct{}{}))
			} else {
				check(out.Encode(examine(root, checkout, q)))
			}
		}
		if err != nil {
			return
		}
	}
}
