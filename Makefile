# depot-pipeline. `make demo` shows it at work; `make help` lists the rest.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
VERSION := $(shell sed -n 's/^\#\# \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md | head -n 1)

PACKAGES := yaml-0.1 jansson libpcre2-8
PROGRAM := $(BUILD)/depot-pipeline

# Looked up when a rule first needs them: `make demo` may have to install them before.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $$(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(PACKAGES)))$(PACKAGE_LIBS)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
	$(if $(WERROR),-Werror)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Ilib -Isrc -I$(BUILD)/generated $(WARNINGS) $(PACKAGE_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(if $(STATIC),-static) $(LDFLAGS)

LIB_SOURCES := $(sort $(wildcard lib/*/*.c))
SRC_SOURCES := $(sort $(wildcard src/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
RECIPES := $(sort $(wildcard lib/recipe/*.sh))
GENERATED := $(BUILD)/generated/recipe_texts.c

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o) $(GENERATED:%.c=%.o)
SRC_OBJECTS := $(SRC_SOURCES:%.c=$(BUILD)/obj/%.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)

.PHONY: all
all: $(PROGRAM)

$(PROGRAM): $(SRC_OBJECTS) $(BUILD)/libdepot.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PACKAGE_LIBS)

$(BUILD)/libdepot.a: $(LIB_OBJECTS)
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DDEPOT_PIPELINE_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

$(BUILD)/generated/%.o: $(BUILD)/generated/%.c
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/generated/recipe_texts.c: lib/recipe/embed.sh $(RECIPES)
	@mkdir -p $(@D)
	sh lib/recipe/embed.sh $(filter-out lib/recipe/embed.sh,$(RECIPES)) >$@.tmp && mv $@.tmp $@

$(BUILD)/tests/test_%: tests/unit/test_%.c $(BUILD)/libdepot.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP -MF $@.d -o $@ $< $(BUILD)/libdepot.a $(ALL_LDFLAGS) $(PACKAGE_LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
