#include "report/rules_pages.h"

const struct rule rules_of_lint[] = {
    {"consistent-instruction-casing", "instructions in upper and in lower case",
     "FROM alpine\nRUN apk add curl\nrun rm -rf /tmp/*", "FROM alpine\nRUN apk add curl\nRUN rm -rf /tmp/*",
     "BuildKit takes both, so nothing breaks. Readers and simple tools that look for 'RUN' overlook the odd one. The "
     "case that most instructions of the file have is the right one; upper case wins a tie."},
    {"copy-ignored-file", "a source is left out by the ignore file",
     "# .dockerignore\n*.json\n# Dockerfile\nCOPY package.json ./",
     "# .dockerignore\n*.json\n!package.json\n# Dockerfile\nCOPY package.json ./",
     "What the ignore file leaves out is never sent to the builder, so the COPY fails with 'not found' although the "
     "file is there, or copies less than it says. The second place in the message is the pattern that decided: the "
     "last one that matches does. 'inspect --inputs' looks at the files themselves; elsewhere the paths are compared, "
     "and an ignore file with exceptions ('!') is passed over."},
    {"duplicate-stage-name", "two stages have the same name",
     "FROM golang AS build\nFROM node AS build\nFROM alpine\nCOPY --from=build /out /",
     "FROM golang AS build-go\nFROM node AS build-js\nFROM alpine\nCOPY --from=build-go /out /\nCOPY --from=build-js "
     "/out /srv",
     "The later stage hides the earlier one: COPY --from and --target reach the last stage of that name, and the "
     "other one may not be built at all. Names are compared in lower case. Give each stage a name of its own."},
    {"expose-invalid-format", "EXPOSE holds a host port or an address", "EXPOSE 127.0.0.1:8080:80", "EXPOSE 80",
     "EXPOSE says which port the container listens on. Host ports and addresses are chosen when it is run ('docker "
     "run -p 8080:80'); here they are dropped, and BuildKit says that they will become an error."},
    {"expose-proto-casing", "the protocol of a port is not in lower case", "EXPOSE 53/UDP", "EXPOSE 53/udp",
     "BuildKit writes the protocol in lower case into the image, so this works. Tools that read the Dockerfile itself "
     "may not know the other spelling."},
    {"from-as-casing", "FROM and its AS are written in different case", "FROM golang:1.24 as build",
     "FROM golang:1.24 AS build",
     "A matter of style: the two keywords belong together. It changes nothing about the build."},
    {"from-platform-flag-const-disallowed", "a stage is tied to one platform", "FROM --platform=linux/amd64 alpine",
     "FROM --platform=$BUILDPLATFORM golang AS build\nFROM alpine\nCOPY --from=build /app /app",
     "With several platforms in the settings this stage is the same for all of them: the result for arm64 then holds "
     "amd64 programs. Leave the flag out for stages that end up in the image; use $BUILDPLATFORM for those that "
     "compile for another platform. A stage with the platform in its name (build-amd64) may be tied to it."},
    {"invalid-default-arg-in-from", "without build arguments the base is no image",
     "ARG VERSION\nFROM alpine:${VERSION}", "ARG VERSION=3.22\nFROM alpine:${VERSION}",
     "Where the argument is not given the base is 'alpine:', and the build fails. It also fails for everybody who "
     "just types 'docker build .'. Give the ARG a default that makes a whole reference."},
    {"json-args-recommended", "CMD or ENTRYPOINT is run by a shell", "CMD node server.js",
     "CMD [\"node\", \"server.js\"]",
     "In this form the first process is '/bin/sh -c', which may not pass signals on: a container that is stopped "
     "waits out its grace period and is killed, and the program cannot finish its work. Write the words as a JSON "
     "array. Where a shell is wanted, a SHELL instruction says so, and this rule is silent."},
    {"legacy-key-value-format", "ENV or LABEL without '='", "ENV NODE_ENV production", "ENV NODE_ENV=production",
     "In the old form all that follows the name is one value, so 'ENV A b C=d' sets A to 'b C=d'. Docker has "
     "deprecated it. Write name=value, with quotes around a value that has blanks."},
    {"maintainer-deprecated", "MAINTAINER is deprecated", "MAINTAINER ops@example.com",
     "LABEL org.opencontainers.image.authors=\"ops@example.com\"",
     "The instruction sets a field that few tools read. A label says the same, can be queried, and is the documented "
     "way since Docker 1.13."},
    {"multiple-instructions-disallowed", "an instruction is overridden by a later one",
     "CMD [\"server\"]\nCMD [\"worker\"]", "CMD [\"worker\"]",
     "Of several CMD, ENTRYPOINT or HEALTHCHECK in a stage only the last one counts, so the one that is shown does "
     "nothing. Often one of them was meant for another stage. Remove it or move it."},
    {"no-empty-continuation", "an empty line inside an instruction", "RUN apk update && \\\n\n    apk add curl",
     "RUN apk update && \\\n    apk add curl",
     "After a backslash the next line belongs to the instruction. BuildKit passes over empty ones today and says that "
     "they will become an error. Remove the line, or make it a comment."},
    {"redundant-target-platform", "--platform=$TARGETPLATFORM says what is so anyway",
     "FROM --platform=$TARGETPLATFORM alpine", "FROM alpine",
     "The platform that is built for is the default of every FROM. Without the flag the line says the same, and "
     "stages with a platform of their own stand out."},
    {"reserved-stage-name", "a stage has the name of something else", "FROM golang AS context", "FROM golang AS build",
     "'scratch' is the empty image and 'context' the build context. A stage of that name cannot be told from them "
     "where it is used. Choose another name."},
    {"secrets-used-in-arg-or-env", "a secret may end up in the image", "ARG NPM_TOKEN\nRUN npm ci",
     "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci",
     "The values of ARG and ENV stay in the image's history and configuration, where everybody who can pull it reads "
     "them. The name decides: it has a word such as TOKEN, KEY, PASSWORD or SECRET, and none of PUBLIC, FILE and "
     "VERSION. Use a secret mount. For a value that is no secret put #check=skip=SecretsUsedInArgOrEnv above the "
     "line."},
    {"stage-name-casing", "a stage's name has capital letters", "FROM golang AS Build", "FROM golang AS build",
     "BuildKit compares the names of stages in lower case in COPY --from and --target, but in FROM as they are "
     "written: 'FROM Build' would look for an image. In lower case they are the same everywhere."},
    {"undefined-arg-in-from", "FROM uses an argument that is not declared", "FROM alpine:${VERSION:-3.22}",
     "ARG VERSION=3.22\nFROM alpine:${VERSION}",
     "FROM sees only ARGs that stand before the first FROM. A name that is declared nowhere, or inside a stage, is "
     "empty here whatever --build-arg says: the build goes on with another base, or fails. Declare it at the top."},
    {"undefined-var", "a variable is used that nothing defines", "FROM alpine\nCOPY app $APP_HOME",
     "FROM alpine\nARG APP_HOME=/srv\nCOPY app $APP_HOME",
     "BuildKit expands it to nothing, which changes paths silently. An ARG before the first FROM is not seen in a "
     "stage until the stage repeats it ('ARG NAME'). The image that the stage starts from may define the name; images "
     "are not read here, so then put #check=skip=UndefinedVar above the line."},
    {"unreachable-stage", "a stage is not part of the build",
     "FROM golang AS test\nRUN go test ./...\nFROM alpine\nCMD [\"sh\"]",
     "FROM golang AS test\nRUN go test ./...\nFROM alpine\nCOPY --from=test /src/report /\nCMD [\"sh\"]",
     "BuildKit builds what the last stage needs and nothing else, so a stage that nobody copies or starts from does "
     "not run: tests in it never fail. If it is built by itself, with 'target' in the settings or in compose, all is "
     "well. Of several such stages in a row the last one is named."},
    {"workdir-relative-path", "the first WORKDIR is relative", "FROM node\nWORKDIR app", "FROM node\nWORKDIR /app",
     "It is taken from the WORKDIR of the base image, so a new version of the base can move all that follows. Begin "
     "with an absolute path; later ones may be relative."},
    {0},
};
