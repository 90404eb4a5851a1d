// The one call whose shape differs between BuildKit's versions; this is the shape of 0.25, which Debian has.
package main

import (
	"context"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

func frontend(text []byte, opt dockerfile2llb.ConvertOpt) (*llb.State, *dockerspec.DockerOCIImage, error) {
	state, image, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, opt)
	return state, image, err
}
