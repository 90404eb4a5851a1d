// dockerfile: what BuildKit itself says of Dockerfiles, for run.mjs to hold beside our readers.
//
// Standard input: one JSON object a line, {"dockerfile", "target", "args", "platform"}. Standard output: one answer a
// line (type answer). Everything is said by BuildKit's packages: parser and instructions say what is written,
// dockerfile2llb what a build comes to; images are answered with an empty configuration, so there is no network.
//
// What dockerfile2llb keeps to itself is asked with probes: the same Dockerfile with a line more.
//   - Is a stage part of the build? It is, when a mistake put behind its FROM is found.
//   - What is the base? The resolver that is asked for it refuses, and BuildKit's error names it.
//   - What is the platform? One that begins with "*" is refused, and the error names it.
//   - What is the source of a COPY? VOLUME expands its words as COPY does; they stand in the image's configuration.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type request struct {
	Dockerfile string            `json:"dockerfile"`
	Target     string            `json:"target"`
	Args       map[string]string `json:"args"`
	Platform   string            `json:"platform"`
}

type pair struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
}

type command struct {
	Op              string    `json:"op"`
	Line            int       `json:"line"`
	Flags           []string  `json:"flags"`
	Sources         []string  `json:"sources"`
	SourcesExpanded []*string `json:"sources_expanded"` // an element is null where it cannot be asked
	Dest            string    `json:"dest"`
	DestExpanded    *string   `json:"dest_expanded"`
	Pairs           []pair    `json:"pairs"`
}

type stage struct {
	Name             string    `json:"name"`
	Base             string    `json:"base"`
	BaseExpanded     *string   `json:"base_expanded"`
	FromStage        *int      `json:"from_stage"`
	Platform         string    `json:"platform"`
	PlatformExpanded *string   `json:"platform_expanded"`
	Line             int       `json:"line"`
	Reachable        bool      `json:"reachable"`
	Commands         []command `json:"commands"`
}

type answer struct {
	Error        string   `json:"error,omitempty"` // BuildKit refuses; what follows is what was understood before
	ErrorLine    int      `json:"error_line,omitempty"`
	Syntax       string   `json:"syntax"`
	Arguments    []pair   `json:"arguments"`
	Stages       []stage  `json:"stages"`
	UsesContext  bool     `json:"uses_context"`
	FollowPaths  []string `json:"follow_paths"` // null: no filter
	OtherSources []string `json:"other_sources"`
}

const mistake = "this-stage-is-built"

var errAsked = errors.New("asked-for-the-base")

// resolver stands in for registries. The history entry keeps BuildKit from taking the image for scratch; images have
// working directories as a rule, so that a mount on "." is none on "/".
type resolver struct{ refuses bool }

func (r resolver) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	if r.refuses {
		return "", "", nil, errAsked
	}
	return ref, "", []byte(`{"architecture":"amd64","os":"linux","config":{"WorkingDir":"/stand-in"},"history":[{"created_by":"stand-in"}]}`), nil
}

func build(text string, q request, refuses bool) (*llb.State, *dockerspec.DockerOCIImage, error) {
	name := q.Platform
	if name == "" {
		name = "linux/amd64"
	}
	platform, err := platforms.Parse(name)
	if err != nil {
		return nil, nil, err
	}
	platform = platforms.Normalize(platform) // as dockerui does with what a client asks for
	args := map[string]string{}
	for key, value := range q.Args {
		args[key] = value
	}
	caps := pb.Caps.CapSet(pb.Caps.All())
	return frontend([]byte(text), dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildArgs: args, Target: q.Target, BuildPlatforms: []ocispecs.Platform{platform}},
		TargetPlatform: &platform,
		MetaResolver:   resolver{refuses},
		LLBCaps:        &caps,
		Warn:           func(string, string, string, string, []parser.Range) {}, // who does not listen is not warned
	})
}

// parsed is a Dockerfile in pieces: its physical lines, its FROM instructions, its stages.
type parsed struct {
	lines  []string
	froms  []*parser.Node
	stages []instructions.Stage
	args   []instructions.ArgCommand
	flags  map[int][]string
}

func parse(text string) (*parsed, error) {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	p := &parsed{lines: strings.SplitAfter(text, "\n"), flags: map[int][]string{}}
	for _, node := range result.AST.Children {
		if strings.EqualFold(node.Value, "from") {
			p.froms = append(p.froms, node)
		}
		p.flags[node.StartLine] = node.Flags
	}
	p.stages, p.args, err = instructions.Parse(result.AST, linter.New(&linter.Config{}))
	return p, err
}

// between gives physical lines, counted from 1, the last one left out; they end with a line feed.
func (p *parsed) between(start, end int) string {
	text := strings.Join(p.lines[start-1:min(end-1, len(p.lines))], "")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

func (p *parsed) endOfStage(i int) int {
	if i+1 < len(p.froms) {
		return p.froms[i+1].StartLine
	}
	return len(p.lines) + 1
}

func (p *parsed) isReachable(i int, q request) bool {
	from := p.froms[i]
	text := p.between(1, from.StartLine) + from.Original + "\nEXPOSE ${_:?" + mistake + "}\n" + p.between(from.EndLine+1, len(p.lines)+1)
	_, _, err := build(text, q, false)
	return err != nil && strings.Contains(err.Error(), mistake)
}

// header is the Dockerfile up to the FROM of a stage, and of the stages before no more than their names.
func (p *parsed) header(i int, from string) string {
	text := p.between(1, p.froms[0].StartLine)
	for j, stage := range p.stages[:i] {
		text += fmt.Sprintf("FROM stage-%d.invalid", j)
		if stage.Name != "" {
			text += " AS " + stage.Name
		}
		text += "\n"
	}
	return text + from + "\n"
}

var earlierStage = regexp.MustCompile(`^stage-([0-9]+)\.invalid$`)

func (p *parsed) base(i int, q request) (expanded *string, from *int) {
	_, _, err := build(p.header(i, p.froms[i].Original), q, true)
	if err == nil {
		scratch := "scratch"
		return &scratch, nil
	}
	name, _, ok := strings.Cut(err.Error(), ": "+errAsked.Error()) // BuildKit may add "(did you mean …?)"
	if !ok {
		return nil, nil
	}
	if match := earlierStage.FindStringSubmatch(name); match != nil {
		index, _ := strconv.Atoi(match[1])
		return nil, &index
	}
	return &name, nil
}

var refusedPlatform = regexp.MustCompile(`("\*(?:[^"\\]|\\.)*"): wildcards`)

func (p *parsed) platform(i int, q request) *string {
	if p.stages[i].Platform == "" {
		return nil
	}
	_, _, err := build(p.header(i, strings.Replace(p.froms[i].Original, "--platform=", "--platform=*", 1)), q, true)
	if err == nil {
		return nil
	}
	match := refusedPlatform.FindStringSubmatch(err.Error())
	if match == nil {
		return nil
	}
	name, err := strconv.Unquote(match[1])
	if err != nil {
		return nil
	}
	platform, err := platforms.Parse(name[1:])
	if err != nil {
		return nil
	}
	name = platforms.FormatAll(platforms.Normalize(platform))
	return &name
}

// expand fills in what the words of ADD and COPY come to, as volumes named "@command.word@value;". What stands around
// the value keeps it from being trimmed, and means nothing to the shell's lexer.
func (p *parsed) expand(i int, q request, commands []command) {
	text, line := "", 1
	for c := range commands {
		words := append(append([]string{}, commands[c].Sources...), commands[c].Dest)
		if commands[c].Op != "copy" && commands[c].Op != "add" {
			continue
		}
		text += p.between(line, commands[c].Line)
		line = commands[c].Line
		for w, word := range words {
			text += "VOLUME " + toJSON([]string{fmt.Sprintf("@%d.%d@%s;", c, w, word)}) + "\n"
		}
	}
	text += p.between(line, p.endOfStage(i))
	q.Target = ""
	_, image, err := build(text, q, false)
	if err != nil {
		return
	}
	for volume := range image.Config.Volumes {
		var c, w int
		if _, err := fmt.Sscanf(volume, "@%d.%d@", &c, &w); err != nil {
			continue
		}
		value := strings.TrimSuffix(strings.SplitN(volume, "@", 3)[2], ";")
		if w == len(commands[c].Sources) {
			commands[c].DestExpanded = &value
		} else {
			commands[c].SourcesExpanded[w] = &value
		}
	}
}

func toJSON(value any) string {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSpace(buffer.String())
}

func describe(c instructions.Command, flags []string) command {
	out := command{Op: strings.ToLower(c.Name()), Line: c.Location()[0].Start.Line, Flags: append([]string{}, flags...), Sources: []string{}}
	copied := func(words instructions.SourcesAndDest) {
		out.Sources, out.Dest = append(out.Sources, words.SourcePaths...), words.DestPath
	}
	switch c := c.(type) {
	case *instructions.CopyCommand:
		copied(c.SourcesAndDest)
	case *instructions.AddCommand:
		copied(c.SourcesAndDest)
	case *instructions.ArgCommand:
		out.Pairs = argPairs(c)
	case *instructions.EnvCommand:
		out.Pairs = keyPairs(c.Env)
	case *instructions.LabelCommand:
		out.Pairs = keyPairs(c.Labels)
	}
	out.SourcesExpanded = make([]*string, len(out.Sources))
	return out
}

func argPairs(c *instructions.ArgCommand) (out []pair) {
	for _, argument := range c.Args {
		out = append(out, pair{argument.Key, argument.Value})
	}
	return out
}

func keyPairs(list instructions.KeyValuePairs) (out []pair) {
	for _, item := range list {
		value := item.Value
		out = append(out, pair{item.Key, &value})
	}
	return out
}

// reads sets what the build asks of the main context, from the definition that a daemon would be sent.
func (a *answer) reads(state *llb.State) error {
	definition, err := state.Marshal(context.Background())
	if err != nil {
		return err
	}
	for _, bytes := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(bytes); err != nil {
			return err
		}
		source := op.GetSource()
		if source == nil {
			continue
		}
		if source.Identifier != "local://"+dockerui.DefaultLocalNameContext {
			a.OtherSources = append(a.OtherSources, source.Identifier)
			continue
		}
		a.UsesContext = true
		if paths := source.Attrs[pb.AttrFollowPaths]; paths != "" {
			if err := json.Unmarshal([]byte(paths), &a.FollowPaths); err != nil {
				return err
			}
		}
	}
	return nil
}

// isGit tells the git references of ADD: BuildKit asks the context for them too, where nothing has such a name.
func (a *answer) isGit(asked string) bool {
	for _, s := range a.Stages {
		for _, c := range s.Commands {
			for _, source := range c.SourcesExpanded {
				if source == nil || c.Op != "add" || path.Join("/", *source) != "/"+asked {
					continue
				}
				if ref, _, err := dfgitutil.ParseGitRef(*source); err == nil && !ref.IndistinguishableFromLocal {
					return true
				}
			}
		}
	}
	return false
}

func (a *answer) refuse(err error) {
	a.Error = err.Error()
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 && len(located.Locations[0]) > 0 {
		a.ErrorLine = located.Locations[0][0].Start.Line
	}
}

func examine(q request) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a.Error = fmt.Sprintf("panic: %v", p)
		}
	}()
	a.Arguments, a.Stages, a.OtherSources = []pair{}, []stage{}, []string{}
	a.Syntax, _, _, _ = parser.DetectSyntax([]byte(q.Dockerfile))
	p, err := parse(q.Dockerfile)
	if err != nil {
		_, _, err = build(q.Dockerfile, q, false) // the same mistake, in the words that a person sees
		a.refuse(err)
		return a
	}
	for i := range p.args {
		a.Arguments = append(a.Arguments, argPairs(&p.args[i])...)
	}
	for i := range p.stages {
		written := &p.stages[i]
		s := stage{Name: written.Name, Base: written.BaseName, Platform: written.Platform, Line: p.froms[i].StartLine, Commands: []command{}}
		for _, c := range written.Commands {
			s.Commands = append(s.Commands, describe(c, p.flags[c.Location()[0].Start.Line]))
		}
		a.Stages = append(a.Stages, s)
	}
	state, _, err := build(q.Dockerfile, q, false)
	if err == nil {
		err = a.reads(state)
	}
	if err != nil {
		a.refuse(err)
		return a
	}
	alone := q // a part of the file has another last stage, and so another name to build
	alone.Args = map[string]string{"TARGETSTAGE": q.Target}
	if q.Target == "" {
		alone.Args["TARGETSTAGE"] = p.stages[len(p.stages)-1].Name
	}
	if alone.Args["TARGETSTAGE"] == "" {
		alone.Args["TARGETSTAGE"] = "default"
	}
	for key, value := range q.Args {
		alone.Args[key] = value
	}
	alone.Target = ""
	for i := range a.Stages {
		s := &a.Stages[i]
		s.Reachable = p.isReachable(i, q)
		s.BaseExpanded, s.FromStage = p.base(i, alone)
		s.PlatformExpanded = p.platform(i, alone)
		p.expand(i, alone, s.Commands)
	}
	a.FollowPaths = slices.DeleteFunc(a.FollowPaths, a.isGit)
	return a
}

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var q request
			if wrong := json.Unmarshal(line, &q); wrong != nil {
				fmt.Fprintln(os.Stderr, "dockerfile: "+wrong.Error())
				os.Exit(2)
			}
			fmt.Fprintln(out, toJSON(examine(q)))
			out.Flush()
		}
		if err != nil {
			return
		}
	}
}
