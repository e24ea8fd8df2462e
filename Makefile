# A thin face on the CMake presets, for machines that have what is needed (tools/bootstrap installs it).
#
#   make                        build/gridpq, release
#   make demo                   a small archive, converted, verified and read
#   make test asan tsan         unit tests: plain, with sanitizers
#   make build-PRESET           only the build: dev asan tsan clang fuzz bench, in build/PRESET
#   make interop                seven other engines read all orders, codecs and encodings; some are large to install
#   make fuzz T=csv TIME=60     one fuzz target, or all without T, for so many seconds each
#   make check                  what .ci/run does, some 20 minutes; make check-all: the long version
#   make bench                  each room, the machine's limit, the profile of a conversion (bench/README.md)
#   make bench-peers            against DuckDB, Polars, PyArrow, DataFusion; ARGS=--small for a tenth of the data
#   make bench-isos             the layouts of the other markets against DuckDB and Polars, all archives in one run
#   make bench-tiny             100,000 files of ten lines, and an archive a thousand rows
#   make bench-queries          their queries on our file and on theirs
#   make bench-guard            instruction counts against bench/guard.csv
#   make bless                  make docs/FORMATS.md from the tables again
#   make format                 clang-format over all C files
#   make install PREFIX=/usr/local [DESTDIR=]

PREFIX ?= /usr/local
TIME ?= 60
PYTHON := $(shell test -x build/venv/bin/python && echo build/venv/bin/python || echo python3)
GENERATOR := $(if $(shell command -v ninja),-G Ninja)

configured = test -f $(1)/build.ninja -o -f $(1)/Makefile || cmake --preset $(2) $(GENERATOR)
build = @$(call configured,$(1),$(2)) && cmake --build $(1)

.PHONY: all
all:
	$(call build,build,release)

.PHONY: demo
demo:
	tools/demo

PRESETS := dev asan tsan clang fuzz bench
.PHONY: $(PRESETS:%=build-%)
$(PRESETS:%=build-%): build-%:
	$(call build,build/$*,$*)

.PHONY: test asan tsan
test: build-dev
	ctest --test-dir build/dev --output-on-failure
asan tsan: %: build-%
	ctest --test-dir build/$* --output-on-failure

.PHONY: fuzz
fuzz: build-fuzz
	tools/fuzz $(TIME) $(T)

.PHONY: interop
interop: all
	tools/bootstrap interop
	build/venv/bin/python tests/interop/run_interop.py --all $(ARGS)

.PHONY: bench bench-peers bench-isos bench-tiny bench-queries bench-guard
bench: all build-bench
	python3 bench/rooms.py $(ARGS)
bench-peers: all
	python3 bench/peers.py $(ARGS)
bench-isos: all
	python3 bench/isos.py $(ARGS)
bench-tiny: all
	python3 bench/tiny.py $(ARGS)
bench-queries: all
	python3 bench/queries.py $(ARGS)
bench-guard: all
	python3 bench/guard.py $(ARGS)

.PHONY: check check-all
check:
	tools/check
check-all:
	GPQ_CHECK_LONG=1 tools/check

.PHONY: bless
bless: all
	$(PYTHON) tools/make_docs.py

.PHONY: format
format:
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: install
install: all
	cmake --install build --prefix $(PREFIX)

.PHONY: clean
clean:
	rm -rf build
