# depot-pipeline. `make demo` shows it at work, `make help` lists the rest.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CFLAGS ?= -O3 -g
PKG_CONFIG ?= pkg-config
VERSION := $(shell sed -n 's/^\#\# \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md | head -n 1)

PACKAGES := yaml-0.1 jansson libpcre2-8
PROGRAM := $(BUILD)/depot-pipeline
LIBRARY := $(BUILD)/libdepot.a

# Looked up when a rule first needs them: `make demo` may have to install them before.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $$(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(PACKAGES)))$(PACKAGE_LIBS)

# gcc optimizes over all files at once, where it optimizes at all; the objects serve the tests' plain linking, too.
IS_GCC = $(findstring Free Software,$(shell $(CC) --version 2>/dev/null))
LTO ?= $(if $(and $(IS_GCC),$(findstring -O3,$(CFLAGS))),-flto=auto -ffat-lto-objects)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
	$(if $(WERROR),-Werror)
ALL_CFLAGS = -std=c11 -pthread -D_GNU_SOURCE -Ilib -Isrc $(WARNINGS) $(PACKAGE_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(if $(STATIC),-static) $(LDFLAGS)

LIB_SOURCES := $(sort $(wildcard lib/*/*.c))
SRC_SOURCES := $(sort $(wildcard src/*.c))
HEADERS := $(sort $(wildcard lib/*/*.h src/*.h tests/unit/*.h))
TEST_SOURCES := $(sort $(wildcard tests/*/*.c))
RECIPES := $(sort $(filter-out lib/recipe/embed.sh lib/recipe/versions.sh,$(wildcard lib/recipe/*.sh)))
RECIPE_TEXTS := $(BUILD)/generated/recipe_texts.c
SHEETS := $(sort $(wildcard lib/report/sheets/*))
SHEET_TEXTS := $(BUILD)/generated/sheet_texts.c
MADE := $(RECIPE_TEXTS) $(SHEET_TEXTS)

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o) $(MADE:%.c=%.o)
SRC_OBJECTS := $(SRC_SOURCES:%.c=$(BUILD)/obj/%.o)
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))

.PHONY: all
all: $(PROGRAM) ## build the program: build/depot-pipeline

# ---- building ----------------------------------------------------------------------------------

$(PROGRAM): $(SRC_OBJECTS) $(LIBRARY) $(BUILD)/linked
	$(CC) $(ALL_CFLAGS) $(LTO) $(ALL_LDFLAGS) -o $@ $(SRC_OBJECTS) $(LIB_OBJECTS) $(PACKAGE_LIBS)

# How the program is linked; it changes with STATIC=1, and the program with it.
.PHONY: FORCE
$(BUILD)/linked: FORCE
	@mkdir -p $(@D)
	@echo '$(if $(STATIC),static,shared) $(LDFLAGS)' | cmp -s - $@ || echo '$(if $(STATIC),static,shared) $(LDFLAGS)' >$@

$(LIBRARY): $(LIB_OBJECTS)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LTO) -DDEPOT_PIPELINE_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

$(BUILD)/obj/src/cmd_version.o: CHANGELOG.md

$(MADE:%.c=%.o): %.o: %.c
	$(CC) $(ALL_CFLAGS) $(LTO) -MMD -MP -c -o $@ $<

# The directory, too: its time is that of a file that came, went or changed its name.
$(RECIPE_TEXTS): lib/recipe/embed.sh lib/recipe $(RECIPES)
	@mkdir -p $(@D)
	sh lib/recipe/embed.sh $(RECIPES) >$@.tmp && mv $@.tmp $@

$(SHEET_TEXTS): lib/report/embed.sh lib/report/sheets $(SHEETS)
	@mkdir -p $(@D)
	sh lib/report/embed.sh $(SHEETS) >$@.tmp && mv $@.tmp $@

# Compiled apart from linking, and linked without the optimizer that looks at all files: a change of the library costs a second.
.PRECIOUS: $(BUILD)/tests/%.o
$(BUILD)/tests/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -O1 -Itests/unit -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: tests/property/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(if $(LTO),-fno-lto) -o $@ $< $(LIBRARY) $(ALL_LDFLAGS) $(PACKAGE_LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- trying it ---------------------------------------------------------------------------------

.PHONY: demo
demo: deps ## install what is missing, build, preview the sample repository
	@$(MAKE) --no-print-directory --silent all
	@sh tests/demo.sh $(PROGRAM) fixtures/shop

.PHONY: deps
deps: ## install compiler and libraries where they are missing
	@sh tests/deps.sh build

.PHONY: test-deps
test-deps: deps
	@sh tests/deps.sh test

# ---- testing -----------------------------------------------------------------------------------

.PHONY: check
check: test-deps ## everything that decides whether a change is good
	@$(MAKE) --no-print-directory --silent all
	@BUILD=$(BUILD) sh tests/check.sh

.PHONY: check-unit
check-unit: $(UNIT_PROGRAMS) ## unit tests
	@sh tests/unit/run $(UNIT_PROGRAMS)

.PHONY: check-cli
check-cli: $(PROGRAM) ## the program's behaviour as files; UPDATE=1 rewrites the expectations
	@PROGRAM=$(abspath $(PROGRAM)) sh tests/cli/run

.PHONY: check-headers
check-headers: ## every header compiles alone
	@for header in $(HEADERS); do \
		$(CC) $(ALL_CFLAGS) -Itests/unit -Werror -fsyntax-only -x c $$header || exit 1; done

.PHONY: check-floors
check-floors: ## includes go one way only
	@tests/floors.sh

.PHONY: check-format
check-format: ## clang-format has nothing to say
	@clang-format --dry-run --Werror $(LIB_SOURCES) $(SRC_SOURCES) $(HEADERS) $(TEST_SOURCES)

.PHONY: tidy
tidy: $(MADE) ## clang-tidy has nothing to say
	@printf '%s\n' $(LIB_SOURCES) $(SRC_SOURCES) | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$$@" -- $(ALL_CFLAGS) \
		-DDEPOT_PIPELINE_VERSION=\"\" 2>/dev/null' tidy

.PHONY: schema
schema: $(PROGRAM) ## rewrite schemas/ from the table of settings
	$(PROGRAM) schema >schemas/depot-pipeline.schema.json

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

.PHONY: sanitize
sanitize: ## unit and CLI tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize CFLAGS='$(SANITIZE)' check-unit check-cli

RACES := -O1 -g -fno-omit-frame-pointer -fsanitize=thread

.PHONY: check-threads
check-threads: $(PROGRAM) ## threads share nothing they should not: ThreadSanitizer
	@$(MAKE) --no-print-directory --silent BUILD=$(BUILD)/threads CFLAGS='$(RACES)' all
	@PROGRAM=$(abspath $(PROGRAM)) RACED=$(abspath $(BUILD)/threads/depot-pipeline) tests/threads/run

.PHONY: valgrind
valgrind: $(PROGRAM) ## the golden cases under valgrind
	@PROGRAM=$(abspath $(PROGRAM)) WRAPPER='valgrind --quiet --log-file=/dev/null --error-exitcode=99 --leak-check=full' sh tests/cli/run

.PHONY: coverage
coverage: ## line coverage of lib/ by unit and CLI tests
	@$(MAKE) --no-print-directory --silent BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' check-unit check-cli
	@gcovr --root . --object-directory $(BUILD)/coverage --filter lib/ --print-summary --sort-uncovered \
		--exclude-unreachable-branches --gcov-ignore-parse-errors | tail -n 60

.PHONY: bench
bench: $(PROGRAM) ## ratios against public tools, in one run
	@PROGRAM=$(abspath $(PROGRAM)) tests/bench/run

# ---- fuzzing -----------------------------------------------------------------------------------

FUZZ_TARGETS := $(patsubst tests/fuzz/%.dict,%,$(sort $(wildcard tests/fuzz/*.dict)))
HEADERS += $(sort $(wildcard tests/fuzz/*.h))
SECONDS ?= 60

.PHONY: fuzz
fuzz: ## libFuzzer on each reader, SECONDS=60 each; what it finds goes into build/fuzz
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' \
		$(FUZZ_TARGETS:%=$(BUILD)/fuzz/fuzz-%)
	@sh tests/fuzz/hunt.sh $(SECONDS) $(FUZZ_TARGETS:%=$(BUILD)/fuzz/fuzz-%)

.PHONY: check-fuzz
check-fuzz: ## what fuzzing found, without a fuzzer but with sanitizers; and is work linear?
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize CFLAGS='$(SANITIZE)' \
		$(FUZZ_TARGETS:%=$(BUILD)/sanitize/replay-%)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/steps CFLAGS='-O1 -g $(COUNTED)' $(BUILD)/steps/linear
	@sh tests/fuzz/run $(FUZZ_TARGETS:%=$(BUILD)/sanitize/replay-%) $(BUILD)/steps/linear

# The library tells linear.c of each basic block; linear*.c themselves do not.
COUNTED := -fsanitize-coverage=trace-pc

$(BUILD)/replay-%: tests/fuzz/%.c tests/fuzz/replay.c tests/fuzz/arena.c $(LIBRARY)
	$(CC) $(ALL_CFLAGS) -o $@ $(filter %.c,$^) $(LIBRARY) $(ALL_LDFLAGS) $(PACKAGE_LIBS)

$(BUILD)/fuzz-%: tests/fuzz/%.c tests/fuzz/arena.c $(LIBRARY)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ $(filter %.c,$^) $(LIBRARY) $(ALL_LDFLAGS) $(PACKAGE_LIBS)

$(BUILD)/linear: $(wildcard tests/fuzz/linear*.c) tests/fuzz/linear.h $(LIBRARY)
	$(CC) $(filter-out $(COUNTED),$(ALL_CFLAGS)) -o $@ $(filter %.c,$^) $(LIBRARY) $(ALL_LDFLAGS) $(PACKAGE_LIBS)

$(FUZZ_TARGETS:%=$(BUILD)/replay-%) $(FUZZ_TARGETS:%=$(BUILD)/fuzz-%): $(wildcard tests/fuzz/*.h)

# ---- installing --------------------------------------------------------------------------------

.PHONY: install
install: $(PROGRAM) ## into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/depot-pipeline
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/depot-pipeline
	install -m 644 schemas/depot-pipeline.schema.json schemas/depot-images.schema.json $(DESTDIR)$(PREFIX)/share/depot-pipeline/

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/depot-pipeline
	rm -rf $(DESTDIR)$(PREFIX)/share/depot-pipeline

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo
	@echo '  STATIC=1 gives one static binary; CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR, BUILD are yours to set'
