#include "report/rules_pages.h"

const struct rule rules_of_dockerfiles[] = {
    {"blank-base", "FROM names no image without a build argument", "ARG BASE\nFROM ${BASE}",
     "ARG BASE=alpine:3.22\nFROM ${BASE}",
     "Without the argument the base is empty or no reference, and BuildKit refuses the file. The step is made, for "
     "the argument may be given when it runs. Give the ARG a default, or name the argument under 'build_args' in the "
     "settings."},
    {"blank-platform", "--platform is empty without a build argument", "ARG ARCH\nFROM --platform=${ARCH} alpine",
     "FROM --platform=$BUILDPLATFORM alpine",
     "BuildKit refuses an empty platform. Give the ARG a default, or leave the flag out: the platform that is built "
     "for is the default."},
    {"dockerfile-build", "BuildKit would refuse the build", "FROM alpine\nCOPY --from=build /app /app",
     "FROM golang AS build\nRUN go build -o /app .\nFROM alpine\nCOPY --from=build /app /app",
     "The file can be read, but not built whatever the files are: the target does not exist, a stage copies from "
     "itself or from a later one, a word does not expand, a reference is malformed. The image becomes a step that "
     "fails at once and says so, before any builder is started."},
    {"dockerfile-syntax", "the Dockerfile cannot be read", "FORM alpine\nRUN apk add curl",
     "FROM alpine\nRUN apk add curl",
     "BuildKit refuses the whole file; the message is its own. The image becomes a step that fails at once and says "
     "why, and the other images are built."},
    {"ignore-syntax", "the ignore file cannot be read", "!\n[a-\nbuild", "build",
     "With such a pattern every build of this context fails, before anything is built: '!' alone, a bracket that is "
     "not closed, a backslash at the end. The file is the .dockerignore of the context, or <Dockerfile>.dockerignore "
     "beside the Dockerfile."},
    {"large-context", "the build sends a large context", "FROM node\nCOPY . .",
     "# .dockerignore\n.git\ndocs\ntest/data",
     "A COPY of everything sends all files of the context to the builder, on every build, and any change to one of "
     "them makes the layer new. The message names the directories that weigh most. Leave out what the image does not "
     "need, or raise 'context_limit' in the settings when the size is intended."},
    {"missing-dockerfile", "the Dockerfile does not exist",
     "services:\n  api:\n    build: {context: ., dockerfile: Dockerfile.prod}",
     "services:\n  api:\n    build: {context: ., dockerfile: docker/prod.Dockerfile}",
     "A compose service or the settings name it, and the repository does not have it: compose takes 'dockerfile' from "
     "the context. Only files that git tracks are there in CI, so one that is ignored or not added is missing too."},
    {"missing-source", "a source is not in the context",
     "# services/api/Dockerfile, context services/api\nCOPY go.mod pkg ./",
     "# .buildkite/depot-pipeline.yml\nimages:\n  - match: {path: services/api/Dockerfile}\n    context: .",
     "No file that git tracks matches it there, so the COPY will fail, unless a step before the build makes the file. "
     "Most often the context is another one than was meant: set 'context' for the image, or correct the path."},
    {"unreadable-file", "a file could not be read", NULL, NULL,
     "It is a directory or a device, a symbolic link that leaves the repository, larger than any such file should be, "
     "or the user who runs this may not read it. Links out of the repository are never followed. The image that needs "
     "it becomes a step that fails."},
    {"widened", "more counts as read than the Dockerfile asks for", "ARG DIR\nCOPY $DIR /src",
     "ARG DIR=app\nCOPY $DIR /src",
     "A source depends on a value that is not known here, a frontend other than Docker's reads the file, or the "
     "context is in a submodule. So that no change is missed, all of the context counts as read. Give the argument a "
     "default, or its value with --build-arg or in the settings."},
    {0},
};
