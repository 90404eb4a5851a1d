/*
 * Rows were asked of BuildKit's own linter (all stages, images without a configuration), those with an ignore file of
 * an engine with BuildKit 0.25. unreachable-stage and names in kebab-case are ours.
 */
#include "base/buffer.h"
#include "check.h"
#include "docker/lint.h"

struct row {
    const char *bytes;
    const char *found; /* rule@line:column, each after a space */
};

static const struct row rows[] = {
    /* stage-name-casing */
    {"FROM a AS Build", " stage-name-casing@1:11"},
    {"FROM a AS build", ""},
    {"FROM a AS bUILD2", " stage-name-casing@1:11"},
    {"FROM a \\\n AS \\\n Build", " stage-name-casing@3:2"}, /* on a line of its own */
    {"from a as B-1_x.y", " stage-name-casing@1:11"},
    {"FROM a AS b \\\n# C\n", ""}, /* a comment is no name */
    /* from-as-casing */
    {"FROM a as b", " from-as-casing@1:8"},
    {"from a AS b", " from-as-casing@1:8"},
    {"from a as b", ""},
    {"FROM a As b", " from-as-casing@1:8"},                /* neither */
    {"From a as b", " consistent-instruction-casing@1:1"}, /* a matter of the instruction, not of its AS */
    {"FROM --platform=$BUILDPLATFORM a as b", " from-as-casing@1:34"},
    {"FROM as AS as", ""}, /* a base and a stage of that name */
    /* no-empty-continuation */
    {"FROM a\nRUN b \\\n\n  c", " no-empty-continuation@3:1"},
    {"FROM a\nRUN b \\\n  \t\n\n  c", " no-empty-continuation@3:1"}, /* once, at the first */
    {"FROM a\nRUN b \\\n# comment\n  c", ""},                        /* a comment is none */
    {"FROM a\nRUN b \\\n\n", " no-empty-continuation@3:1"},          /* nothing follows at all */
    {"FROM a\nRUN b \\\\\n\nRUN c", ""},                             /* an escaped backslash does not continue */
    {"# escape=`\nFROM a\nRUN b `\n\n  c", " no-empty-continuation@4:1"},
    {"FROM a\nRUN <<E\nb \\\n\nc\nE", ""},                         /* inside a heredoc a line is a line */
    {"ARG A=1 \\\n\n  B=2\nFROM a", " no-empty-continuation@2:1"}, /* also before the first FROM */
    /* consistent-instruction-casing */
    {"FROM a\nRUN b\nrun c", " consistent-instruction-casing@3:1"},
    {"FROM a\nrun b\nrun c", " consistent-instruction-casing@1:1"}, /* the majority is lower */
    {"FROM a\nrun b", " consistent-instruction-casing@2:1"},        /* a tie is upper */
    {"FROM a\nRun b", " consistent-instruction-casing@2:1"},        /* both cases count for neither */
    {"arg A\nARG B\nFROM a\nRUN b", ""}, /* what stands before the first FROM is not judged */
    {"from a\nonbuild RUN b", ""},       /* a trigger is not judged */
    {"FROM a\n\trun b", " consistent-instruction-casing@2:2"},
    /* duplicate-stage-name */
    {"FROM a AS s\nFROM b AS s", " unreachable-stage@1:11 duplicate-stage-name@2:11"},
    {"FROM a AS s\nFROM b AS S", " unreachable-stage@1:11 stage-name-casing@2:11 "
                                 "duplicate-stage-name@2:11"}, /* the names are the same in lower case */
    {"FROM a AS s\nFROM b AS s\nFROM c AS s",
     " unreachable-stage@1:11 duplicate-stage-name@2:11 unreachable-stage@2:11 "
     "duplicate-stage-name@3:11"}, /* twice */
    {"FROM a AS s\nFROM s", ""},
    {"FROM a AS s\nFROM b AS s2", " unreachable-stage@1:11"},
    {"FROM a\nFROM b", " unreachable-stage@1:1"}, /* no names at all */
    /* reserved-stage-name */
    {"FROM a AS scratch", " reserved-stage-name@1:11"},
    {"FROM a AS context", " reserved-stage-name@1:11"},
    {"FROM a AS Context", " stage-name-casing@1:11 reserved-stage-name@1:11"},
    {"FROM scratch AS a", ""},
    {"FROM a AS contexts", ""},
    {"# check=skip=ReservedStageName\nFROM a AS scratch", ""},
    {"# comment\n# check=skip=ReservedStageName\nFROM a AS scratch",
     " reserved-stage-name@3:11"}, /* above the instruction it does not help */
    /* json-args-recommended */
    {"FROM a\nCMD b c", " json-args-recommended@2:1"},
    {"FROM a\nENTRYPOINT b c", " json-args-recommended@2:1"},
    {"FROM a\nCMD [\"b\", \"c\"]\nENTRYPOINT [\"d\"]", ""},
    {"FROM a\nCMD ['b']", " json-args-recommended@2:1"},          /* single quotes are no JSON */
    {"FROM a\nSHELL [\"bash\", \"-c\"]\nCMD b", ""},              /* a SHELL says that one is wanted */
    {"FROM a AS s\nSHELL [\"bash\", \"-c\"]\nFROM s\nCMD b", ""}, /* also when it comes from the stage below */
    {"FROM a AS s\nSHELL [\"bash\", \"-c\"]\nFROM a\nCOPY --from=s /x /y\nCMD b", " json-args-recommended@5:1"},
    {"FROM a\nCMD", " json-args-recommended@2:1"},
    {"FROM a\nHEALTHCHECK CMD b", ""},                                    /* for a health check it does not matter */
    {"FROM a AS s\nONBUILD CMD b\nFROM s", " json-args-recommended@3:1"}, /* reported where the trigger acts */
    {"FROM a AS s\nONBUILD CMD b", ""},                                   /* and not where it is written */
    /* maintainer-deprecated */
    {"FROM a\nMAINTAINER b", " maintainer-deprecated@2:1"},
    {"FROM a\nmaintainer b c", " consistent-instruction-casing@2:1 maintainer-deprecated@2:1"},
    {"FROM a\nLABEL maintainer=b", ""},
    {"FROM a\n# check=skip=MaintainerDeprecated\nMAINTAINER b", ""},
    {"FROM a\n# check=skip=maintainer-deprecated\nMAINTAINER b", ""}, /* our name does as well */
    {"FROM a\nRUN echo MAINTAINER b", ""},
    /* undefined-arg-in-from */
    {"FROM a$B", " undefined-arg-in-from@1:7"},
    {"FROM a:${B:-1}", " undefined-arg-in-from@1:8"}, /* a default does not declare it */
    {"ARG B\nFROM a$B", ""},                          /* declared without a value: another rule's matter */
    {"ARG B=1\nFROM a:$B", ""},
    {"FROM a AS s\nARG B=1\nFROM a$B",
     " unreachable-stage@1:11 undefined-arg-in-from@3:7"},          /* one of a stage is not seen by FROM */
    {"ARG VERSION=1\nFROM a$VERSIN", " undefined-arg-in-from@2:7"}, /* with a proposal */
    {"FROM --platform=${P:-linux/amd64} a", " undefined-arg-in-from@1:17"},
    {"FROM --platform=$TARGETPLATFORM a$TARGETARCH",
     " redundant-target-platform@1:6"}, /* predefined names are declared */
    {"FROM a$B$C \\\n AS b", " undefined-arg-in-from@1:7 undefined-arg-in-from@1:9"}, /* two */
    /* workdir-relative-path */
    {"FROM a\nWORKDIR b", " workdir-relative-path@2:9"},
    {"FROM a\nWORKDIR /b\nWORKDIR c", ""},
    {"FROM a\nWORKDIR b\nWORKDIR c", " workdir-relative-path@2:9"}, /* only the first: the others follow it */
    {"FROM a AS s\nWORKDIR /b\nFROM s\nWORKDIR c", ""},
    {"FROM a\nENV B=/c\nWORKDIR $B", ""},
    {"FROM a\nENV B=c\nWORKDIR ${B}/d", " workdir-relative-path@3:9"},
    {"FROM a\nWORKDIR $B/d", " undefined-var@2:9"}, /* unset is empty, so that the path is absolute */
    {"FROM a\nWORKDIR \"/b\"", ""},                 /* quotes are removed first */
    {"FROM --platform=windows/amd64 a AS windows\nWORKDIR C:\\\\b", ""}, /* a drive is absolute */
    {"FROM --platform=windows/amd64 a AS windows\nWORKDIR b", " workdir-relative-path@2:9"},
    {"FROM a\nWORKDIR C:\\\\b", " workdir-relative-path@2:9"}, /* but for Windows only */
    /* undefined-var */
    {"FROM a\nENV B=$C", " undefined-var@2:7"},
    {"FROM a\nENV B=1\nENV C=$B", ""},
    {"FROM a\nENV B=1 C=$B", " undefined-var@2:11"},                             /* not yet set in the same line */
    {"FROM a\nARG B\nENV C=$B", ""},                                             /* declared, if empty */
    {"ARG B=1\nFROM a\nENV C=$B", " undefined-var@3:7"},                         /* a global one must be asked for */
    {"FROM a\nENV B=${C:-1} D=${E+1}", " undefined-var@2:7 undefined-var@2:17"}, /* modifiers do not define a name */
    {"FROM a\nENV B=\\$C D='$E'", ""},                                           /* neither is a variable */
    {"FROM a\nENV B=$PATH", ""},                                                 /* BuildKit sets PATH itself */
    {"FROM a\nRUN echo $B", ""},                                                 /* a RUN is the shell's */
    {"FROM a\nRUN --mount=type=cache,target=/b$B echo", " undefined-var@2:33"},
    {"FROM a\nCOPY --chown=$B c $D", " undefined-var@2:14 undefined-var@2:19"},
    {"FROM a\nCOPY <<E /b\nx $C\nE", " undefined-var@3:3"},
    {"FROM a\nCOPY <<'E' /b\nx $C\nE", ""}, /* a quoted heredoc is not expanded */
    {"FROM a\nRUN <<E\necho $B\nE", ""},
    {"FROM a\nARG B=$C", " undefined-var@2:7"},
    {"FROM a\nLABEL b=$C\nUSER $D\nVOLUME /$E\nSTOPSIGNAL 9$F",
     " undefined-var@2:9 undefined-var@3:6 undefined-var@4:9 undefined-var@5:13"},
    {"FROM a\nEXPOSE $B", ""},    /* nobody looks at ports */
    {"FROM a\nCMD [\"$B\"]", ""}, /* nor at commands */
    {"FROM a AS s\nARG B=1\nFROM s\nENV C=$B", ""},
    {"FROM a AS s\nONBUILD ENV B=$C\nFROM s", " undefined-var@3:1"},                 /* at the FROM that it acts in */
    {"FROM a\nENV VERSION=1\nENV B=$VERSOIN", " undefined-var@3:7"},                 /* with a proposal */
    {"FROM a\nENV B=1 \\\n  C=$D", " undefined-var@3:5"},                            /* in the line where it stands */
    {"FROM a\nENV B=$C D=$C", " undefined-var@2:7"},                                 /* once an instruction */
    {"FROM a\nENV B=$BUILDKIT_SBOM_SCAN_STAGE", ""},                                 /* for the scanner of BuildKit */
    {"FROM a\n# check=skip=UndefinedVar\nENV B=$C\nENV D=$E", " undefined-var@4:7"}, /* for the next instruction only */
    {"FROM a\n# check=skip=UndefinedVar\n\n# why\nENV B=$C", ""},
    {"FROM a\n# check=skip=UndefinedVar\n#\nENV B=$C", " undefined-var@4:7"}, /* a bare # ends the comment */
    {"FROM a\n  # check=skip=UndefinedVar\nENV B=$C", " undefined-var@3:7"},  /* indented it is not read */
    /* multiple-instructions-disallowed */
    {"FROM a\nCMD [\"b\"]\nCMD [\"c\"]", " multiple-instructions-disallowed@2:1"}, /* the one that does nothing */
    {"FROM a\nENTRYPOINT [\"b\"]\nENTRYPOINT [\"c\"]\nENTRYPOINT [\"d\"]",
     " multiple-instructions-disallowed@2:1 multiple-instructions-disallowed@3:1"},
    {"FROM a\nHEALTHCHECK NONE\nHEALTHCHECK CMD b", " multiple-instructions-disallowed@2:1"},
    {"FROM a\nCMD [\"b\"]\nENTRYPOINT [\"c\"]", ""},       /* two that go together */
    {"FROM a AS s\nCMD [\"b\"]\nFROM s\nCMD [\"c\"]", ""}, /* each stage may have one */
    {"FROM a\nRUN b\nRUN c", ""},
    {"FROM a AS s\nONBUILD CMD [\"b\"]\nFROM s\nCMD [\"c\"]", " multiple-instructions-disallowed@3:1"},
    /* legacy-key-value-format */
    {"FROM a\nENV B c", " legacy-key-value-format@2:5"},
    {"FROM a\nENV B c=d", " legacy-key-value-format@2:5"}, /* the first word decides */
    {"FROM a\nENV B=c d=e", ""},
    {"FROM a\nLABEL b c d", " legacy-key-value-format@2:7"},
    {"FROM a\nENV B \\\n c", " legacy-key-value-format@2:5"},
    {"FROM a\nENV \"B c\"=d", ""}, /* the quotes keep the blank inside the name */
    {"FROM a AS s\nONBUILD ENV B c\nFROM s", " legacy-key-value-format@3:1"},
    {"FROM a\nENV B=", ""},
    /* redundant-target-platform */
    {"FROM --platform=$TARGETPLATFORM a", " redundant-target-platform@1:6"},
    {"FROM --platform=${TARGETPLATFORM} a", " redundant-target-platform@1:6"},
    {"FROM --platform=$BUILDPLATFORM a", ""},
    {"FROM --platform=$TARGETOS/$TARGETARCH a", ""}, /* the same, in two words */
    {"FROM --platform=\"$TARGETPLATFORM\" a", " redundant-target-platform@1:6"},
    {"ARG P=$TARGETPLATFORM\nFROM --platform=$P a", ""}, /* by another name */
    {"FROM --platform=${TARGETPLATFORM:-linux/amd64} a", " redundant-target-platform@1:6"},
    /* secrets-used-in-arg-or-env */
    {"FROM a\nARG TOKEN", " secrets-used-in-arg-or-env@2:5"},
    {"FROM a\nENV DB_PASSWORD=b OK=1", " secrets-used-in-arg-or-env@2:5"},
    {"FROM a\nENV PASSWORDS=1 KEYBOARD=2 MONKEY=3", ""},          /* whole words only */
    {"FROM a\nARG npm_Token", " secrets-used-in-arg-or-env@2:5"}, /* in any case */
    {"FROM a\nENV PUBLIC_KEY=1 TOKEN_FILE=2 KEY_VERSION=3", ""},  /* what makes it harmless */
    {"ARG TOKEN\nFROM a", ""},                                    /* a global one is used for FROM alone */
    {"FROM a\nARG A AUTH=1 B \\\n SECRET", " secrets-used-in-arg-or-env@2:7 secrets-used-in-arg-or-env@3:2"},
    {"FROM a\nENV $B=1 API-KEY=2", " undefined-var@2:5"},
    {"FROM a\nARG N=API_KEY\nENV $N=1", " secrets-used-in-arg-or-env@3:5"}, /* a name is expanded */
    {"FROM a\nLABEL token=1", ""},
    /* from-platform-flag-const-disallowed */
    {"FROM --platform=linux/amd64 a", " from-platform-flag-const-disallowed@1:6"},
    {"FROM --platform=linux/amd64 a AS build", " from-platform-flag-const-disallowed@1:6"},
    {"FROM --platform=linux/amd64 a AS build-amd64", ""}, /* the name says so */
    {"FROM --platform=linux/arm64 a AS linux-x", ""},
    {"FROM --platform=linux/aarch64 a AS aarch64",
     " from-platform-flag-const-disallowed@1:6"}, /* it is arm64, which the name does not say */
    {"FROM --platform=$BUILDPLATFORM a", ""},
    {"ARG P=linux/amd64\nFROM --platform=$P a", ""},
    {"FROM --platform= a", ""}, /* an empty flag is none */
    /* expose-proto-casing */
    {"FROM a\nEXPOSE 80/TCP", " expose-proto-casing@2:8"},
    {"FROM a\nEXPOSE 80/tcp 81/udp 82/sctp 83", ""},
    {"FROM a\nEXPOSE 80 53/Udp 54/UDP", " expose-proto-casing@2:11 expose-proto-casing@2:18"},
    {"FROM a\nENV P=80/TCP\nEXPOSE $P", " expose-proto-casing@3:8"},
    {"FROM a\nexpose 80-90/tCP \\\n 91/TCP",
     " consistent-instruction-casing@2:1 expose-proto-casing@2:8 expose-proto-casing@3:2"},
    /* expose-invalid-format */
    {"FROM a\nEXPOSE 8080:80", " expose-invalid-format@2:8"},
    {"FROM a\nEXPOSE 127.0.0.1:80:80", " expose-invalid-format@2:8"},
    {"FROM a\nEXPOSE [::1]:80:80/TCP", " expose-proto-casing@2:8 expose-invalid-format@2:8"}, /* both */
    {"FROM a\nEXPOSE 80 80/udp", ""},
    {"FROM a\nEXPOSE :80", ""},
    {"FROM a\nENV P=1:2\nEXPOSE 80 ${P}", " expose-invalid-format@3:11"},
    /* unreachable-stage */
    {"FROM a AS s\nFROM b", " unreachable-stage@1:11"},
    {"FROM a AS s\nFROM b\nCOPY --from=s /c /d", ""},
    {"FROM a AS s\nFROM b\nRUN --mount=from=s,target=/c d", ""},
    {"FROM a AS s\nFROM s AS t\nFROM b", " unreachable-stage@2:11"}, /* only the end of a chain */
    {"FROM a\nFROM b\nCOPY --from=0 /c /d", ""},
    {"FROM a\nFROM b", " unreachable-stage@1:1"},                  /* without a name */
    {"FROM a AS z\nFROM b AS s\nONBUILD COPY --from=Z /c /d", ""}, /* a trigger will need it */
    {"FROM a AS s\nFROM b AS s\nFROM s",
     " unreachable-stage@1:11 duplicate-stage-name@2:11"}, /* one that another of its name hides */
    {"# check=skip=unreachable-stage\nFROM a AS s\nFROM b", ""},
    /* directives */
    {"# check=skip=all\nFROM a AS S\nCMD b", ""},
    {"#check=skip=StageNameCasing,JSONArgsRecommended\nFROM a AS S\nCMD b", ""},
    {"# CHECK = skip=StageNameCasing\nFROM a AS S\nCMD b", " json-args-recommended@3:1"},
    {"# check=skip=stage-name-casing\nFROM a AS S", ""},                      /* our name */
    {"# check=skip=stagenamecasing\nFROM a AS S", " stage-name-casing@2:11"}, /* no name */
    {"# check=skip=StageNameCasing, JSONArgsRecommended\nFROM a AS S\nCMD b",
     " json-args-recommended@3:1"}, /* what follows a blank is lost */
    {"# syntax=docker/dockerfile:1\n# check=experimental=all;skip=StageNameCasing\nFROM a AS S", ""},
    {"# comment\n# check=skip=StageNameCasing\nFROM a AS S\nCMD b",
     " json-args-recommended@4:1"}, /* no directive, but it stands above the FROM */
    {"\n# check=skip=JSONArgsRecommended\nFROM a AS S\nCMD b", " stage-name-casing@3:11 json-args-recommended@4:1"},
    {"# check=error=true\nFROM a AS S\nCMD b", " stage-name-casing@2:11 json-args-recommended@3:1"},
    {"# check=error=true;skip=StageNameCasing,JSONArgsRecommended\nFROM a AS S\nCMD b", ""},
    {"#!/usr/bin/env x\n# check=skip=StageNameCasing\nFROM a AS S", ""},
    {"\xEF\xBB\xBF"
     "# check=skip=StageNameCasing\nFROM a AS S",
     ""},                              /* after a mark */
    {"# syntax=x/y\nFROM a AS S", ""}, /* another frontend's file */
};

/* invalid-default-arg-in-from, with the build argument B=x: without it most are refused. */
static const struct row given[] = {
    {"ARG B\nFROM $B", " invalid-default-arg-in-from@2:6"},
    {"ARG B\nFROM a:$B", " invalid-default-arg-in-from@2:6"},
    {"ARG B=1\nFROM a:$B", ""},
    {"ARG B\nFROM a:${B:-1}", ""},
    {"ARG B=A\nFROM $B", " invalid-default-arg-in-from@2:6"}, /* upper case is no name of an image */
    {"ARG B\nFROM a AS s\nFROM a$B", " unreachable-stage@2:11"},
    {"ARG B\nFROM a \\\n AS s\nFROM \\\n$B", " unreachable-stage@3:5 invalid-default-arg-in-from@5:1"},
};

/* Sources in a context with an ignore file. */
static const struct {
    const char *ignore, *bytes, *found;
} ignored[] = {
    {"b", "FROM a\nCOPY b /c", " copy-ignored-file@2:6"},
    {"b", "FROM a\nCOPY ./b/ /c", " copy-ignored-file@2:6"},
    {"b", "FROM a\nCOPY a b/x /c", " copy-ignored-file@2:8"},
    {"*.md", "FROM a\nADD x.md *.md y /c", " copy-ignored-file@2:5 copy-ignored-file@2:10"}, /* as it is written */
    {"b c", "FROM a\nCOPY [\"b c\", \"/d\"]", " copy-ignored-file@2:8"},
    {"b*", "FROM a\nCOPY \\\n  a \\\n  b1 /c", " copy-ignored-file@4:3"},
    {"b", "FROM a\nCOPY --chown=b b /c", " copy-ignored-file@2:16"},
    {"b", "FROM a\nARG X=b\nCOPY $X /c", " copy-ignored-file@3:6"},
    {"b", "FROM a AS s\nONBUILD COPY b /c\nFROM s", " copy-ignored-file@3:1"},
    {"# !b\nb", "FROM a\nCOPY b /c", " copy-ignored-file@2:6"},
    {"b\n!b/x", "FROM a\nCOPY b/y /c", ""}, /* with exceptions only the files could tell */
    {"b", "FROM a\nCOPY /b ../b /c", " copy-ignored-file@2:6 copy-ignored-file@2:9"}, /* BuildKit does not see these */
    {"*", "FROM a\nCOPY . /c", " copy-ignored-file@2:6"},
    {"**", "FROM a\nCOPY / /c", " copy-ignored-file@2:6"},
    {"b", "FROM a\nCOPY . /c", ""},
    {"?*", "FROM a\nCOPY . /c", ""}, /* it takes every file, but BuildKit knows three patterns */
    {"**", "FROM a\nADD https://x/b git@x.com:y/z /c", ""},
    {"b", "FROM a AS s\nFROM a\nCOPY --from=s b /c", ""},
    {"b", "FROM a\nCOPY <<E /c\nb\nE", ""},
    {"b", "FROM a\nRUN --mount=source=b,target=/m x", ""}, /* a mount is not looked at */
    {"b", "FROM a\n# check=skip=CopyIgnoredFile\nCOPY b /c", ""},
    {"", "FROM a\nCOPY b /c", ""},
};

/* One of each rule: what is said, and where else. */
static const struct {
    const char *bytes;
    enum severity severity;
    const char *message;
    unsigned second; /* line of the second place; 0 when there is none */
} messages[] = {
    {"FROM a AS Build", DIAG_NOTE, "Stage name 'Build' should be lowercase", 0},
    {"FROM a as b", DIAG_NOTE, "'as' and 'FROM' keywords' casing do not match", 0},
    {"FROM a\nRUN b \\\n\n c", DIAG_NOTE, "Empty continuation line", 0},
    {"FROM a\nrun b", DIAG_NOTE, "Command 'run' should match the case of the command majority (uppercase)", 0},
    {"from a\nRun b", DIAG_NOTE, "Command 'Run' should match the case of the command majority (lowercase)", 0},
    {"FROM a AS s\nFROM s AS s", DIAG_WARNING, "Duplicate stage name \"s\", stage names should be unique", 1},
    {"FROM a AS scratch", DIAG_NOTE, "Stage name should not use the same name as reserved stage \"scratch\"", 0},
    {"FROM a\nCMD b", DIAG_NOTE,
     "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals", 0},
    {"FROM a\nMAINTAINER b", DIAG_NOTE, "Maintainer instruction is deprecated in favor of using label", 0},
    {"ARG VERSION=1\nFROM a$VERSOIN", DIAG_WARNING, "FROM argument 'VERSOIN' is not declared (did you mean VERSION?)",
     0},
    {"FROM a\nWORKDIR b", DIAG_NOTE, "Relative workdir \"b\" can have unexpected results if the base image changes", 0},
    {"FROM scratch\nENV B=$C", DIAG_NOTE, "Usage of undefined variable '$C'", 0},
    {"FROM a\nENV FOO=1\nENV B=$FO", DIAG_NOTE, "Usage of undefined variable '$FO' (did you mean $FOO?)", 1},
    {"FROM a\nCMD [\"b\"]\nCMD [\"c\"]", DIAG_WARNING,
     "Multiple CMD instructions should not be used in the same stage because only the last one will be used", 3},
    {"FROM a\nLABEL b c", DIAG_NOTE, "\"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format",
     0},
    {"FROM --platform=$TARGETPLATFORM a", DIAG_NOTE,
     "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior", 0},
    {"FROM a\nENV TOKEN=b", DIAG_WARNING, "Do not use ARG or ENV instructions for sensitive data (ENV \"TOKEN\")", 0},
    {"FROM --platform=linux/amd64 a", DIAG_NOTE, "FROM --platform flag should not use constant value \"linux/amd64\"",
     0},
    {"FROM a\nEXPOSE 80/TCP", DIAG_NOTE, "Defined protocol '80/TCP' in EXPOSE instruction should be lowercase", 0},
    {"FROM a\nEXPOSE 1:2", DIAG_NOTE,
     "EXPOSE instruction should not define an IP address or host-port mapping, found '1:2'", 0},
    {"FROM a AS s\nFROM a", DIAG_NOTE, "stage 's' is needed neither by the last stage nor by another one", 0},
    {"FROM a\nFROM a", DIAG_NOTE, "stage 0 is needed neither by the last stage nor by another one", 0},
    {"# check=error=true\nFROM a AS Build", DIAG_ERROR, "Stage name 'Build' should be lowercase", 0},
    {"# check=error=true\nFROM a AS s\nFROM a", DIAG_NOTE,
     "stage 's' is needed neither by the last stage nor by another one", 0}, /* BuildKit would not fail for it */
    {"# check=error=yes\nFROM a AS Build", DIAG_NOTE, "Stage name 'Build' should be lowercase", 0},
    {"FROM a\nENV TOKEN=\x1b", DIAG_WARNING, "Do not use ARG or ENV instructions for sensitive data (ENV \"TOKEN\")",
     0},
};

struct request {
    const char *bytes, *ignore;
    struct build_choice choice;
};

static struct build_choice bare(void) {
    return (struct build_choice){
        .images_are_bare = true, .wants_commands = true, .build_platform = TEXT("linux/amd64")};
}

/* False when the file is refused. */
static bool run(struct arena *arena, const struct request *request, struct diagnostics *found) {
    struct diagnostics other = diag_in(arena);
    struct regex_cache regexes = {0};
    struct build_reading reading;
    struct lint_request lint_request = {.reading = &reading, .choice = &request->choice, .regexes = &regexes};
    *found = diag_in(arena);
    if (request->ignore != NULL &&
        !ignore_parse(arena, source_create(arena, TEXT(".dockerignore"), text_from(request->ignore)), &other,
                      &lint_request.ignore))
        return false;
    const struct source *source = source_create(arena, TEXT("Dockerfile"), text_from(request->bytes));
    if (!dockerfile_parse(arena, source, &other, &lint_request.dockerfile) ||
        !stages_read(arena, lint_request.dockerfile, &request->choice, &other, &reading))
        return false;
    lint(arena, &lint_request, found);
    diag_sort(found);
    regex_finish(&regexes);
    return true;
}

static struct text show(struct arena *arena, const struct diagnostics *diagnostics) {
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        buffer_format(&out, " %s@%u:%u", diagnostic->rule, diagnostic->place.line, diagnostic->place.column);
    }
    return buffer_text(&out);
}

static void test_row(struct arena *arena, const struct row *row, struct build_choice choice) {
    struct request request = {.bytes = row->bytes, .choice = choice};
    struct diagnostics found;
    CHECK(run(arena, &request, &found), "%s: read", row->bytes);
    CHECK_TEXT(show(arena, &found), row->found, row->bytes);
}

static void test_rows(struct arena *arena) {
    struct build_choice with_argument = bare();
    struct text argument = TEXT("x");
    map_set(arena, &with_argument.arguments, TEXT("B"), &argument);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        test_row(arena, &rows[i], bare());
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
        test_row(arena, &given[i], with_argument);
}

static void test_ignored(struct arena *arena) {
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
        struct request request = {.bytes = ignored[i].bytes, .ignore = ignored[i].ignore, .choice = bare()};
        struct diagnostics found;
        CHECK(run(arena, &request, &found), "%s: read", ignored[i].bytes);
        CHECK_TEXT(show(arena, &found), ignored[i].found, ignored[i].bytes);
    }
    struct request request = {.bytes = "FROM a\nCOPY ./b /c", .ignore = "a\nb", .choice = bare()};
    struct diagnostics found;
    CHECK(run(arena, &request, &found) && found.list.count == 1, "one");
    const struct diagnostic *warning = found.list.items[0];
    CHECK_TEXT(warning->message, "Attempting to Copy file \"b\" that is excluded by .dockerignore", "message");
    CHECK(warning->severity == DIAG_WARNING, "severity");
    CHECK(warning->second.line == 2 && text_is(warning->second.source->path, ".dockerignore"), "the pattern");
}

static void test_messages(struct arena *arena) {
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct request request = {.bytes = messages[i].bytes, .choice = bare()};
        struct diagnostics found;
        CHECK(run(arena, &request, &found), "%s: read", messages[i].bytes);
        CHECK(found.list.count == 1, "%s: %zu diagnostics", messages[i].bytes, found.list.count);
        if (found.list.count != 1) continue;
        const struct diagnostic *diagnostic = found.list.items[0];
        CHECK_TEXT(diagnostic->message, messages[i].message, messages[i].bytes);
        CHECK(diagnostic->severity == messages[i].severity, "%s: severity", messages[i].bytes);
        CHECK(diagnostic->second.line == messages[i].second, "%s: second place in line %u", messages[i].bytes,
              diagnostic->second.line);
    }
}

/* A target leaves out the stages that it does not need; what is said of names and spelling stays. */
static void test_choices(struct arena *arena) {
    static const char bytes[] = "FROM a AS s\nENV B=$C\nFROM a AS T\nENV D=$E";
    struct request request = {.bytes = bytes, .choice = bare()};
    struct diagnostics found;
    CHECK(run(arena, &request, &found), "all");
    CHECK_TEXT(show(arena, &found),
               " unreachable-stage@1:11 undefined-var@2:7 stage-name-casing@3:11 undefined-var@4:7", "all");
    request.choice.target = TEXT("s");
    CHECK(run(arena, &request, &found), "target");
    CHECK_TEXT(show(arena, &found), " undefined-var@2:7 stage-name-casing@3:11", "target");
    request.choice = bare();
    request.choice.images_are_bare = false;
    CHECK(run(arena, &request, &found), "images");
    CHECK_TEXT(show(arena, &found), " unreachable-stage@1:11 stage-name-casing@3:11", "the image may set them");
    request.choice = bare();
    map_set(arena, &request.choice.contexts, TEXT("s"), &request);
    CHECK(run(arena, &request, &found), "context");
    CHECK_TEXT(show(arena, &found), " unreachable-stage@1:11 stage-name-casing@3:11 undefined-var@4:7",
               "a named context stands in for the stage");
    request = (struct request){.bytes = "FROM --platform=$TARGETPLATFORM a\nARG B=$TARGETARCH", .choice = bare()};
    request.choice.platform = TEXT("linux/arm64,linux/amd64");
    CHECK(run(arena, &request, &found), "platforms");
    CHECK_TEXT(show(arena, &found), " redundant-target-platform@1:6 undefined-var@2:7",
               "the first of several platforms");
}

/* The build argument that names a frontend comes before the file. */
static void test_frontends(struct arena *arena) {
    static const struct {
        const char *syntax, *bytes, *found;
    } frontends[] = {
        {"docker/dockerfile:1", "FROM a AS S", " stage-name-casing@1:11"},
        {"x/y", "FROM a AS S", ""},
        {"?", "FROM a AS S", ""}, /* known only to the step */
    };
    for (size_t i = 0; i < sizeof(frontends) / sizeof(frontends[0]); i++) {
        struct request request = {.bytes = frontends[i].bytes, .choice = bare()};
        struct text syntax = text_from(frontends[i].syntax);
        struct diagnostics found;
        map_set(arena, &request.choice.arguments, TEXT("BUILDKIT_SYNTAX"), text_is(syntax, "?") ? NULL : &syntax);
        CHECK(run(arena, &request, &found), "read");
        CHECK_TEXT(show(arena, &found), frontends[i].found, frontends[i].syntax);
    }
}

/* A value that only the step knows is no mistake, and nothing is concluded from it. */
static void test_unknown(struct arena *arena) {
    struct request request = {.bytes = "ARG B\nFROM a:$B\nARG B\nENV C=$B\nWORKDIR $B\nEXPOSE $B\nENV $B=1",
                              .choice = bare()};
    struct diagnostics found;
    map_set(arena, &request.choice.arguments, TEXT("B"), NULL);
    CHECK(run(arena, &request, &found), "read");
    CHECK_TEXT(show(arena, &found), " invalid-default-arg-in-from@2:6", "unknown");
}

/* A message shows a part of a long name, and stays printable. */
static void test_long_names(struct arena *arena) {
    struct buffer bytes = buffer_in(arena);
    buffer_add_string(&bytes, "FROM a\nENV B=$");
    buffer_add_repeated(&bytes, 'x', 5000);
    buffer_add_string(&bytes, "\nWORKDIR \xff\x01");
    buffer_add_byte(&bytes, '\0');
    struct request request = {.bytes = bytes.ptr, .choice = bare()};
    struct diagnostics found;
    CHECK(run(arena, &request, &found) && found.list.count == 2, "read");
    const struct diagnostic *name = found.list.items[0], *path = found.list.items[1];
    CHECK(name->message.len < 200, "%zu bytes", name->message.len);
    CHECK_TEXT(path->message,
               "Relative workdir \"\xEF\xBF\xBD?\" can have unexpected results if the base image changes", "path");
}

/* As many instructions, stages, names and triggers as a file can hold. */
static void test_hostile(struct arena *arena) {
    struct buffer files[4];
    for (size_t i = 0; i < 4; i++)
        files[i] = buffer_in(arena);
    for (size_t i = 0; i < 20000; i++) {
        buffer_format(&files[0], "FROM a AS S%zu\nCMD x\nENV B=$C%zu KEY=$D\n", i, i);
        buffer_format(&files[1], "%s%zu=$B%zu", i == 0 ? "FROM a\nENV KEY_" : " \\\n\nKEY_", i, i);
        buffer_add_string(&files[2], i == 0 ? "FROM a\nCMD x\n" : "# check=skip=JSONArgsRecommended\nCMD x\n");
    }
    buffer_add_string(&files[3], "FROM a AS s\n");
    for (size_t i = 0; i < 200; i++)
        buffer_add_string(&files[3], "ONBUILD ENV B=$C\n");
    for (size_t i = 0; i < 200; i++)
        buffer_format(&files[3], "FROM s AS t%zu\nCOPY --from=%zu / /\n", i, i);
    for (size_t i = 0; i < 4; i++) {
        buffer_add_byte(&files[i], '\0');
        struct request request = {.bytes = files[i].ptr, .choice = bare()};
        struct diagnostics found;
        CHECK(run(arena, &request, &found), "file %zu", i);
        CHECK(found.list.count > 0, "file %zu", i);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_ignored(&arena);
    test_messages(&arena);
    test_choices(&arena);
    test_frontends(&arena);
    test_unknown(&arena);
    test_long_names(&arena);
    test_hostile(&arena);
    arena_finish(&arena);
    return check_done("lint");
}
